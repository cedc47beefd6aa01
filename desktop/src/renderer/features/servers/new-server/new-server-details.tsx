import type { Template } from '@catalyst/shared/features/templates';
import { Button, NumberInput, Textarea, TextInput } from '@mantine/core';
import { IconChevronRight, IconNetworkOff } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { hasCode, issuesByField } from '../../../api/errors.ts';
import { Empty } from '../../../components/empty.tsx';
import { Failure } from '../../../components/failure.tsx';
import { GameIcon } from '../../../components/game-icon.tsx';
import { formatMegabytes } from '../../../components/units.ts';
import { bestNode, freeMemoryMb } from '../../nodes/node-room.ts';
import { useNodes } from '../../nodes/use-nodes.ts';
import { SizeField } from '../size-field.tsx';
import { VariableFields } from '../variable-fields.tsx';
import { MissingPackages } from './missing-packages.tsx';
import classes from './new-server-details.module.css';
import {
  bodyOf,
  editableVariables,
  firstForm,
  type NewServerForm,
  newServerIssues,
} from './new-server-form.ts';
import { NewServerSummary } from './new-server-summary.tsx';
import { NodeChoice } from './node-choice.tsx';
import { strings } from './strings.ts';
import { useCreateServer } from './use-create-server.ts';

interface NewServerDetailsProps {
  template: Template;
  takenNames: readonly string[];
  onChangeGame: () => void;
}

/** Everything about the new server but its game. All of it is filled in already. */
export function NewServerDetails({ template, takenNames, onChangeGame }: NewServerDetailsProps) {
  const navigate = useNavigate();
  const { nodes, isPending: nodesPending, isEnabled: seesNodes } = useNodesOrNone();
  const create = useCreateServer();
  const [form, setForm] = useState(() => firstForm(template, takenNames));
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [isAdvanced, setAdvanced] = useState(false);
  const node = nodes?.find(({ id }) => id === form.nodeId) ?? bestNode(nodes ?? []);
  const filled: NewServerForm = { ...form, nodeId: node?.id };
  const found = newServerIssues(template, filled, node);
  const refused = refusedFields(create.error);
  const isInvalid = Object.keys(found).length > 0;
  /** A field complains once it was left, or when everything was asked for. */
  const errorOf = (field: string) =>
    (touched.has(field) || touched.has('all') ? found[field] : undefined) ?? refused[field];

  const set = (change: Partial<NewServerForm>) => {
    create.reset();
    setForm((before) => ({ ...before, ...change }));
  };
  const touch = (field: string) => setTouched((before) => new Set(before).add(field));
  const submit = () => {
    touch('all');
    if (found.primaryPort || found.allocatedCpuCores || found.allocatedDiskMb) setAdvanced(true);
    if (isInvalid) return;
    create.mutate(bodyOf(template, filled), {
      onSuccess: ({ id }) => navigate(`/servers/${id}`, { replace: true }),
      onError: (error) => {
        if (Object.keys(refusedFields(error)).some((field) => field === 'primaryPort')) setAdvanced(true);
      },
    });
  };

  if (seesNodes && !nodesPending && !node) {
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
  const { memoryMb, minimumMemoryMb } = template.defaults;
  const variables = editableVariables(template);
  const port = template.ports[0];
  return (
    <form
      className={classes.page}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
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
              nodes={nodes ?? []}
              value={node?.id}
              error={errorOf('nodeId')}
              onChange={(nodeId) => set({ nodeId })}
            />
          ) : (
            <p className={classes.note}>{strings.nodeChosen}</p>
          )}
          <SizeField
            label={strings.memory}
            description={strings.memoryAdvice(formatMegabytes(memoryMb), formatMegabytes(minimumMemoryMb))}
            error={errorOf('allocatedMemoryMb')}
            valueMb={form.memoryMb}
            minMb={minimumMemoryMb}
            maxMb={sliderEnd(template, node && freeMemoryMb(node))}
            advisedMb={memoryMb}
            advisedLabel={strings.advised}
            onChange={(amount) => {
              touch('allocatedMemoryMb');
              set({ memoryMb: amount });
            }}
          />
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
        <details
          className={classes.advanced}
          open={isAdvanced}
          onToggle={(event) => setAdvanced(event.currentTarget.open)}
        >
          <summary className={classes.advancedTitle}>
            <IconChevronRight size={16} className={classes.chevron} aria-hidden />
            {strings.advanced}
            <span className={classes.note}>{strings.advancedHint}</span>
          </summary>
          <div className={classes.grid}>
            <NumberInput
              label={strings.cpu}
              value={form.cpuCores}
              suffix={strings.cpuSuffix(form.cpuCores)}
              min={0.05}
              step={0.5}
              decimalScale={2}
              error={errorOf('allocatedCpuCores')}
              onBlur={() => touch('allocatedCpuCores')}
              onChange={(cores) => set({ cpuCores: Number(cores) })}
            />
            <NumberInput
              label={strings.disk}
              value={form.diskMb / 1024}
              suffix=" GiB"
              min={0}
              decimalScale={3}
              error={errorOf('allocatedDiskMb')}
              onBlur={() => touch('allocatedDiskMb')}
              onChange={(gibibytes) => set({ diskMb: Math.round(Number(gibibytes) * 1024) })}
            />
            <NumberInput
              label={strings.port}
              placeholder={port && strings.portAutomatic(port.preferred)}
              value={form.port ?? ''}
              thousandSeparator=""
              allowDecimal={false}
              allowNegative={false}
              hideControls
              error={errorOf('primaryPort')}
              onBlur={() => touch('primaryPort')}
              onChange={(chosen) => set({ port: chosen === '' ? undefined : Number(chosen) })}
            />
            <Textarea
              className={classes.wide}
              label={strings.description}
              autosize
              minRows={2}
              maxLength={500}
              value={form.description}
              onChange={(event) => set({ description: event.currentTarget.value })}
            />
          </div>
        </details>
      </div>
      <NewServerSummary
        template={template}
        form={form}
        nodeName={node?.name}
        isBusy={create.isPending}
        onStartAfterInstall={(startAfterInstall) => set({ startAfterInstall })}
      >
        {hasCode(create.error, 'host_package_missing') && (
          <MissingPackages error={create.error} node={node} templateId={template.id} onInstalled={submit} />
        )}
        {create.error &&
          !hasCode(create.error, 'host_package_missing') &&
          Object.keys(refused).length === 0 && <Failure title={strings.failed} error={create.error} />}
        {(Object.keys(refused).length > 0 || (touched.has('all') && isInvalid)) && (
          <p className={classes.fix} role="alert">
            {strings.fix}
          </p>
        )}
      </NewServerSummary>
    </form>
  );
}

/** Those who may not see nodes leave the choice to the panel. */
function useNodesOrNone() {
  const list = useNodes();
  return { nodes: list.nodes, isPending: list.isPending, isEnabled: list.isEnabled };
}

/** The fields that a refusal belongs to, with its sentence. */
function refusedFields(error: unknown): Record<string, string> {
  if (hasCode(error, 'port_taken', 'no_free_port')) return { primaryPort: error.message };
  if (hasCode(error, 'node_offline')) return { nodeId: error.message };
  if (hasCode(error, 'limit_reached')) return { allocatedMemoryMb: error.message };
  const { templateId, hostPackages, ...fields } = issuesByField(error);
  return fields;
}

/** The slider spans what is sensible for the game on this node, not every byte it has. */
function sliderEnd({ defaults }: Template, freeMb: number | null | undefined): number {
  const sensible = Math.max(4096, defaults.memoryMb * 8);
  return Math.max(defaults.memoryMb, Math.min(sensible, freeMb ?? sensible));
}
