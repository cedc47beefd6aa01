import { Checkbox, SegmentedControl } from '@mantine/core';
import { Failure } from '../../components/failure.tsx';
import { SkeletonLines } from '../../components/section.tsx';
import { useNodes } from '../nodes/use-nodes.ts';
import { useMay } from '../sessions/use-session.ts';
import classes from './role-page.module.css';
import { strings } from './strings.ts';

interface NodeScopeProps {
  /** Null: everywhere. */
  value: readonly string[] | null;
  onChange: (value: string[] | null) => void;
  isReadOnly: boolean;
}

/** Where a role counts. */
export function NodeScope({ value, onChange, isReadOnly }: NodeScopeProps) {
  const mayReadNodes = useMay('node.read');
  return (
    <>
      <SegmentedControl
        aria-label={strings.scope}
        className={classes.scope}
        disabled={isReadOnly}
        value={value ? 'nodes' : 'everywhere'}
        onChange={(scope) => onChange(scope === 'nodes' ? [] : null)}
        data={[
          { value: 'everywhere', label: strings.scopeEverywhere },
          { value: 'nodes', label: strings.scopeNodes, disabled: !mayReadNodes && !value },
        ]}
      />
      {!mayReadNodes && !isReadOnly && <p className={classes.hint}>{strings.nodesNotSeen}</p>}
      {value && <NodeChoice value={value} onChange={onChange} isReadOnly={isReadOnly} />}
    </>
  );
}

function NodeChoice({ value, onChange, isReadOnly }: NodeScopeProps & { value: readonly string[] }) {
  const { nodes, error, isFetching, refetch } = useNodes();
  if (error) {
    return (
      <Failure
        title={strings.nodesFailed}
        error={error}
        retry={() => void refetch()}
        isRetrying={isFetching}
      />
    );
  }
  if (!nodes) return <SkeletonLines count={2} />;
  if (nodes.length === 0) return <p className={classes.hint}>{strings.noNodes}</p>;
  const unknown = value.filter((id) => nodes.every((node) => node.id !== id));
  const choices = [...nodes, ...unknown.map((id) => ({ id, name: strings.unknownNode }))];
  return (
    <fieldset className={classes.nodes} aria-label={strings.scopeNodes}>
      {choices.map(({ id, name }) => (
        <Checkbox
          key={id}
          label={name}
          disabled={isReadOnly}
          checked={value.includes(id)}
          onChange={() =>
            onChange(value.includes(id) ? value.filter((other) => other !== id) : [...value, id])
          }
        />
      ))}
    </fieldset>
  );
}
