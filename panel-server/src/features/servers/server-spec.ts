import { createHash } from 'node:crypto';
import { renderTemplate } from '@catalyst/shared/features/render-template';
import type { PortBinding, ServerSpec } from '@catalyst/shared/features/server-spec';
import type { Template } from '@catalyst/shared/features/templates';
import { type NetworkChoice, specNetwork } from '../networks/network-choice.ts';
import type { ServerRow } from './server.entity.ts';

export type SpecBody = Omit<ServerSpec, 'revision'>;
/** Without what is secret about its registries. */
type PlainSpec = Omit<SpecBody, 'registries'>;

type SpecSource = Pick<
  ServerRow,
  | 'id'
  | 'runtime'
  | 'allocatedMemoryMb'
  | 'allocatedCpuCores'
  | 'allocatedDiskMb'
  | 'swapMb'
  | 'pids'
  | 'cpuPinning'
  | 'ioWeight'
  | 'image'
  | 'startupLine'
  | 'networkMode'
  | 'staticIp'
  | 'restartPolicy'
  | 'suspendedAt'
>;

/** What the agent is told to run. The same inputs make the same spec, so that its hash tells whether it changed. */
export function buildSpec(
  server: SpecSource,
  template: Template,
  variables: Readonly<Record<string, string>>,
  ports: PortBinding[],
  network: NetworkChoice['network'],
): PlainSpec {
  const { argv, environment, installSteps } = renderTemplate(template, {
    serverId: server.id,
    variables,
    memoryMb: server.allocatedMemoryMb,
    ports: ports.map((binding) => asTheGameSees(binding, server)),
    line: startupLabel(server, template),
  });
  return {
    serverId: server.id,
    runtime: server.runtime,
    argv,
    environment,
    secretNames: template.variables.filter(({ secret }) => secret).map(({ name }) => name),
    limits: {
      memoryMb: hardMemoryMb(server, template),
      swapMb: server.swapMb,
      cpuCores: server.allocatedCpuCores,
      diskMb: server.allocatedDiskMb,
      pids: server.pids,
      ...(server.cpuPinning !== null && { cpuPinning: server.cpuPinning }),
      ...(server.ioWeight !== null && { ioWeight: server.ioWeight }),
    },
    ports,
    network: specNetwork({ ...server, network }),
    ...(server.runtime === 'containerd' && { image: template.images[imageLabel(server, template) ?? ''] }),
    terminal: hasTerminal(server, template),
    done: template.done,
    stop: template.stop,
    restartPolicy: server.restartPolicy,
    install: {
      steps: installSteps,
      timeoutSeconds: template.install.timeoutSeconds,
      ...(server.runtime === 'containerd' && { image: template.install.script?.image }),
    },
    configFiles: template.configFiles,
    hostPackages: server.runtime === 'process' ? template.hostPackages : [],
    suspended: server.suspendedAt !== null,
  };
}

/** In a network of its own a server has other addresses than those it is reached by, and all of them are its own. */
function asTheGameSees({ targetPort, ...binding }: PortBinding, { networkMode }: SpecSource): PortBinding {
  if (networkMode === 'host') return binding;
  const ip = binding.ip.includes(':') ? '::' : '0.0.0.0';
  return { ...binding, ip, port: targetPort ?? binding.port };
}

/** Of the image it is made of; null when it runs without one. The first stands in for one the template has no more. */
export function imageLabel(
  { runtime, image }: Pick<ServerRow, 'runtime' | 'image'>,
  { images }: Pick<Template, 'images'>,
): string | null {
  if (runtime !== 'containerd') return null;
  return chosenLabel(images, image);
}

/** Of the line it is started by; null where there is no choice. The first stands in for one the template has no more. */
export function startupLabel(
  { startupLine }: Pick<ServerRow, 'startupLine'>,
  { startup }: Pick<Template, 'startup'>,
): string | null {
  if (!('shell' in startup)) return null;
  return chosenLabel(startup.shell, startupLine);
}

function chosenLabel(choices: Readonly<Record<string, string>>, label: string | null): string | null {
  return label !== null && Object.hasOwn(choices, label) ? label : (Object.keys(choices)[0] ?? null);
}

/**
 * Lines of the community give all of the memory that they are told of to the heap of the game, which then needs some more
 * beside it. As much as they are used to: the factors are Pterodactyl's.
 */
function hardMemoryMb({ allocatedMemoryMb }: SpecSource, { startup }: Template): number {
  if (!('shell' in startup)) return allocatedMemoryMb;
  const factor = allocatedMemoryMb <= 2048 ? 1.15 : allocatedMemoryMb <= 4096 ? 1.1 : 1.05;
  return Math.round(allocatedMemoryMb * factor);
}

/** Processes get none. */
export function hasTerminal({ runtime }: Pick<ServerRow, 'runtime'>, template: Pick<Template, 'terminal'>) {
  return template.terminal && runtime === 'containerd';
}

/** The versions change with the registries that are sent along. */
export function hashSpec(spec: PlainSpec, registryVersions: readonly string[] = []): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...spec, registryVersions }, inOrder))
    .digest('hex');
}

/** The order in which keys were added says nothing about a spec. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
