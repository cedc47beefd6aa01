import type { RuntimeName } from '@catalyst/shared/features/server-spec';
import type { Template } from '@catalyst/shared/features/templates';
import { Select } from '@mantine/core';
import { useNodeNetworks } from '../../nodes/use-node-networks.ts';
import { useMay } from '../../sessions/use-session.ts';
import { FineLimitFields } from '../fine-limit-fields.tsx';
import { ImageField } from '../image-field.tsx';
import { NetworkFields } from '../network/network-fields.tsx';
import { type NetworkEdit, networkOptions, surroundingsOf, usualMode } from '../network/network-options.ts';
import { PortPoolHint } from '../network/port-pool-hint.tsx';
import { PortRows } from '../network/port-rows.tsx';
import classes from './new-server-details.module.css';
import { type RuntimeChoice, runtimeChoice } from './runtime-choice.ts';
import { strings } from './strings.ts';
import type { NewServerState } from './use-new-server.ts';

/** What the server is made of, how it is attached and what it is held to; as the panel decides unless somebody does. */
export function ContainerFields({ template, state }: { template: Template; state: NewServerState }) {
  const { form, node, set, touch, errorOf } = state;
  const mayLimits = useMay('server.limits');
  const mayHost = useMay('node.update');
  const choice = node ? runtimeChoice(node, template) : null;
  const runtime = form.runtime ?? choice?.usual ?? null;
  const isContainer = runtime === 'containerd';
  const networks = useNodeNetworks(isContainer && mayLimits ? node?.id : undefined).data ?? [];
  const usual: NetworkEdit = { networkMode: usualMode(runtime ?? 'process'), staticIp: '' };
  const network = isContainer ? (form.network ?? usual) : usual;
  const options = networkOptions(networks, { current: network.networkMode, mayHost });
  const option = options.find(({ value }) => value === network.networkMode);
  const surroundings = surroundingsOf(option);
  const [firstImage] = Object.keys(template.images);
  return (
    <>
      {choice && (
        <RuntimeField
          choice={choice}
          value={runtime}
          mayLoosen={mayHost}
          error={errorOf('runtime')}
          // What was chosen for a container means nothing to a process.
          onChange={(chosen) => set({ runtime: chosen, image: undefined, network: undefined })}
        />
      )}
      {isContainer && firstImage !== undefined && (
        <ImageField
          template={template}
          value={form.image ?? firstImage}
          error={errorOf('image')}
          onChange={(image) => set({ image })}
        />
      )}
      {isContainer && mayLimits && (
        <NetworkFields
          options={options}
          networks={networks}
          value={network}
          issueOf={errorOf}
          onBlur={touch}
          onChange={(chosen) =>
            set({
              network: chosen.networkMode === usual.networkMode ? undefined : chosen,
              // Fields that another network does not have must not be left filled in.
              ports: form.ports.map((row) => ({ ...row, ip: '', targetPort: undefined })),
            })
          }
        />
      )}
      <div className={classes.wide}>
        <h3 className={classes.title}>{strings.ports}</h3>
        <PortRows
          rows={form.ports}
          {...surroundings}
          issueOf={errorOf}
          onBlur={touch}
          onChange={(ports) => set({ ports })}
        />
        {!surroundings.isOwnAddress && <PortPoolHint nodeId={node?.id} />}
      </div>
      {mayLimits && (
        <FineLimitFields
          values={form.fineLimits}
          issueOf={errorOf}
          onChange={(changes) => set({ fineLimits: { ...form.fineLimits, ...changes } })}
        />
      )}
    </>
  );
}

interface RuntimeFieldProps {
  choice: RuntimeChoice;
  value: RuntimeName | null;
  /** May choose a process where a container is usual. */
  mayLoosen: boolean;
  error: string | undefined;
  onChange: (runtime: RuntimeName | undefined) => void;
}

function RuntimeField({ choice, value, mayLoosen, error, onChange }: RuntimeFieldProps) {
  const { usual, possible, why } = choice;
  const offered = possible.filter((name) => name === usual || name === value || mayLoosen);
  return (
    <Select
      label={strings.runtime}
      description={value === usual ? why : strings.whyProcess}
      error={error}
      data={offered.map((name) => ({ value: name, label: strings.runtimes[name] }))}
      value={value}
      disabled={offered.length < 2}
      onChange={(chosen) => onChange(chosen === usual ? undefined : (chosen as RuntimeName))}
    />
  );
}
