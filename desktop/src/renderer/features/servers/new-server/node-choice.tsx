import type { Node } from '@catalyst/shared/features/nodes';
import { formatMegabytes } from '../../../components/units.ts';
import { UsageBar } from '../../../components/usage-bar.tsx';
import { freeMemoryMb } from '../../nodes/node-room.ts';
import classes from './node-choice.module.css';
import { strings } from './strings.ts';

interface NodeChoiceProps {
  nodes: readonly Node[];
  value: string | undefined;
  error?: string;
  onChange: (id: string) => void;
}

/** Where the server runs: each node with the room it has left. */
export function NodeChoice({ nodes, value, error, onChange }: NodeChoiceProps) {
  return (
    <fieldset className={classes.field} aria-describedby={error ? 'node-error' : undefined}>
      <legend className={classes.legend}>{strings.node}</legend>
      <div className={classes.nodes}>
        {nodes.map((node) => {
          const free = freeMemoryMb(node);
          const total = node.maxMemoryMb ?? node.health?.memoryTotalMb;
          const isOnline = node.status === 'online';
          const room = free === null ? strings.roomUnknown : strings.room(formatMegabytes(free));
          return (
            <label key={node.id} className={classes.node} data-disabled={!isOnline || undefined}>
              <input
                type="radio"
                name="node"
                className={classes.radio}
                checked={node.id === value}
                disabled={!isOnline}
                onChange={() => onChange(node.id)}
              />
              <span className={classes.words}>
                <span className={classes.name}>
                  {node.name}
                  {node.local && <span className={classes.local}>{strings.local}</span>}
                </span>
                <span className={classes.room}>{isOnline ? room : strings.offline}</span>
                {isOnline && total && free !== null ? (
                  <UsageBar
                    label={strings.memory}
                    fraction={node.allocatedMemoryMb / total}
                    text={strings.room(formatMegabytes(free))}
                  />
                ) : null}
              </span>
            </label>
          );
        })}
      </div>
      {error && (
        <p className={classes.error} id="node-error">
          {error}
        </p>
      )}
    </fieldset>
  );
}
