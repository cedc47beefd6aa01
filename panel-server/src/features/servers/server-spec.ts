import { createHash } from 'node:crypto';
import type { PortBinding, ServerSpec } from '@catalyst/shared/features/server-spec';
import type { Template } from '@catalyst/shared/features/templates';
import { renderTemplate } from '../templates/render.ts';
import type { ServerRow } from './server.entity.ts';

export type SpecBody = Omit<ServerSpec, 'revision'>;

type SpecSource = Pick<
  ServerRow,
  | 'id'
  | 'runtime'
  | 'allocatedMemoryMb'
  | 'allocatedCpuCores'
  | 'allocatedDiskMb'
  | 'networkMode'
  | 'restartPolicy'
  | 'suspendedAt'
>;

/** What the agent is told to run. The same inputs make the same spec, so that its hash tells whether it changed. */
export function buildSpec(
  server: SpecSource,
  template: Template,
  variables: Readonly<Record<string, string>>,
  ports: PortBinding[],
): SpecBody {
  const { argv, environment, installSteps } = renderTemplate(template, {
    variables,
    memoryMb: server.allocatedMemoryMb,
    ports,
  });
  return {
    serverId: server.id,
    runtime: server.runtime,
    argv,
    environment,
    secretNames: template.variables.filter(({ secret }) => secret).map(({ name }) => name),
    limits: {
      memoryMb: server.allocatedMemoryMb,
      swapMb: 0,
      cpuCores: server.allocatedCpuCores,
      diskMb: server.allocatedDiskMb,
      pids: 512,
    },
    ports,
    network: { mode: server.networkMode === 'bridge' ? 'bridge' : 'host' },
    ...(server.runtime === 'containerd' && { image: Object.values(template.images)[0] }),
    terminal: false,
    done: template.done,
    stop: template.stop,
    restartPolicy: server.restartPolicy,
    install: { steps: installSteps, timeoutSeconds: template.install.timeoutSeconds },
    hostPackages: server.runtime === 'process' ? template.hostPackages : [],
    suspended: server.suspendedAt !== null,
  };
}

/** `loginVersion` changes with the registry login that is sent along; undefined when there is none. */
export function hashSpec(spec: SpecBody, loginVersion?: string): string {
  const all = loginVersion === undefined ? spec : { ...spec, loginVersion };
  return createHash('sha256').update(JSON.stringify(all, inOrder)).digest('hex');
}

/** The order in which keys were added says nothing about a spec. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
