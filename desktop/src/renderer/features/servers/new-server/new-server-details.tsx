import type { Template } from '@catalyst/shared/features/templates';
import { Button, TextInput } from '@mantine/core';
import { IconNetworkOff } from '@tabler/icons-react';
import { Link } from 'react-router';
import { hasCode } from '../../../api/errors.ts';
import { Empty } from '../../../components/empty.tsx';
import { Failure } from '../../../components/failure.tsx';
import { GameIcon } from '../../../components/game-icon.tsx';
import { formatMegabytes } from '../../../components/units.ts';
import { freeMemoryMb } from '../../nodes/node-room.ts';
import { useNodes } from '../../nodes/use-nodes.ts';
import { SizeField } from '../size-field.tsx';
import { VariableFields } from '../variable-fields.tsx';
import { AdvancedFields } from './advanced-fields.tsx';
import { MissingPackages } from './missing-packages.tsx';
import classes from './new-server-details.module.css';
import { editableVariables } from './new-server-form.ts';
import { NewServerSummary } from './new-server-summary.tsx';
import { NodeChoice } from './node-choice.tsx';
import { strings } from './strings.ts';
import { type NewServerState, useNewServer } from './use-new-server.ts';

interface NewServerDetailsProps {
  template: Template;
  takenNames: readonly string[];
  onChangeGame: () => void;
}

/** Everything about the new server but its game. All of it is filled in already. */
export function NewServerDetails({ template, takenNames, onChangeGame }: NewServerDetailsProps) {
  const { nodes = [], isPending, isEnabled: seesNodes } = useNodes();
  const state = useNewServer(template, nodes, takenNames);
  const { form, node, create, set, touch, errorOf } = state;
  const variables = editableVariables(template);
  if (seesNodes && !isPending && !node) return <NoNode />;
  return (
    <form
      className={classes.page}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        state.submit();
      }}
    >
      <div className={classes.fields}>
        <section className={classes.game}>
          <GameIcon name={template.icon} size={40} />
          <div className={classes.gameWords}>
            <h2 className={classes.gameName}>{template.name}</h2>
            <p className={classes.gameSummary}>{template.description || template.summary}</p>
          </div>
          <Button variant="default" size="xs" onClick={onChangeGame}>
            {strings.change}
          </Button>
        </section>
        <section className={classes.section} aria-label={strings.basics}>
          <TextInput
            label={strings.name}
            maxLength={100}
            autoFocus
            value={form.name}
            error={errorOf('name')}
            onFocus={(event) => event.currentTarget.select()}
            onBlur={() => touch('name')}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          {seesNodes ? (
            <NodeChoice
              nodes={nodes}
              value={node?.id}
              error={errorOf('nodeId')}
              onChange={(nodeId) => set({ nodeId, network: undefined })}
            />
          ) : (
            <p className={classes.note}>{strings.nodeChosen}</p>
          )}
          <MemoryField template={template} state={state} />
        </section>
        {variables.length > 0 && (
          <section className={classes.section} aria-labelledby="game-settings">
            <div>
              <h2 className={classes.title} id="game-settings">
                {strings.gameSettings}
              </h2>
              <p className={classes.note}>{strings.gameSettingsHint}</p>
            </div>
            <VariableFields
              variables={variables}
              values={form.environment}
              errors={Object.fromEntries(variables.map(({ name }) => [name, errorOf(`environment.${name}`)]))}
              onBlur={(name) => touch(`environment.${name}`)}
              onChange={(name, value) => set({ environment: { ...form.environment, [name]: value } })}
            />
          </section>
        )}
        <AdvancedFields template={template} state={state} />
      </div>
      <NewServerSummary
        form={form}
        nodeName={node?.name}
        isBusy={create.isPending}
        onStartAfterInstall={(startAfterInstall) => set({ startAfterInstall })}
      >
        {hasCode(create.error, 'host_package_missing') ? (
          <MissingPackages
            error={create.error}
            node={node}
            templateId={template.id}
            onInstalled={state.submit}
          />
        ) : state.hasFieldErrors ? (
          <p className={classes.fix} role="alert">
            {strings.fix}
          </p>
        ) : (
          create.error && <Failure title={strings.failed} error={create.error} />
        )}
      </NewServerSummary>
    </form>
  );
}

function MemoryField({ template, state }: { template: Template; state: NewServerState }) {
  const { memoryMb, minimumMemoryMb } = template.defaults;
  const free = state.node ? freeMemoryMb(state.node) : null;
  // The slider spans what is sensible for the game on this node, not every byte it has.
  const sensible = Math.max(4096, memoryMb * 8);
  return (
    <SizeField
      label={strings.memory}
      description={strings.memoryAdvice(formatMegabytes(memoryMb), formatMegabytes(minimumMemoryMb))}
      error={state.errorOf('allocatedMemoryMb')}
      valueMb={state.form.memoryMb}
      minMb={minimumMemoryMb}
      maxMb={Math.max(memoryMb, Math.min(sensible, free ?? sensible))}
      advisedMb={memoryMb}
      advisedLabel={strings.advised}
      onChange={(amount) => {
        state.touch('allocatedMemoryMb');
        state.set({ memoryMb: amount });
      }}
    />
  );
}

function NoNode() {
  return (
    <Empty
      icon={<IconNetworkOff size={28} stroke={1.5} />}
      title={strings.noNodeTitle}
      action={
        <Button component={Link} to="/nodes">
          {strings.toNodes}
        </Button>
      }
    >
      {strings.noNode}
    </Empty>
  );
}
