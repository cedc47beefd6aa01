import type { ServerSpec } from './server-spec.ts';

type Source = Pick<
  ServerSpec,
  'serverId' | 'environment' | 'limits' | 'ports' | 'network' | 'image' | 'suspended'
>;

/** The value of a placeholder; undefined for one that is not ours and stays in the text. */
export type ConfigPlaceholders = (name: string) => string | undefined;

/** Without spaces, as the eggs have them. */
const placeholder = /\{\{([\w.-]*)\}\}/g;
const variable = /^(?:env|server\.build\.env|server\.build\.environment|server\.environment)\.(.+)$/;

/**
 * All that a text of a configuration file may ask for: the variables of its server, and a closed list of facts about it.
 * What begins as these do and is not there is empty. `interfaceAddress`: where the game reaches its node.
 */
export function configPlaceholders(
  spec: Source,
  { interfaceAddress }: { interfaceAddress: string },
): ConfigPlaceholders {
  const facts = serverFacts(spec);
  const own = ownVariables(spec);
  return (name) => {
    const [, wanted] = variable.exec(name) ?? [];
    if (wanted !== undefined) {
      return own.get(wanted) ?? variableOf(spec, wanted) ?? variableOf(spec, wanted.toUpperCase()) ?? '';
    }
    if (name.startsWith('server.')) return facts.get(name.slice('server.'.length)) ?? '';
    if (/^config\.docker\.(network\.)?interface$/.test(name)) return interfaceAddress;
    return own.get(name);
  };
}

/**
 * Fills in a text once: what a value holds is never taken for a placeholder. `prepare` makes each value fit for where
 * it goes.
 */
export function fillConfigText(
  text: string,
  placeholders: ConfigPlaceholders,
  prepare: (value: string) => string = (value) => value,
): string {
  return text.replace(placeholder, (whole, name: string) => {
    const value = placeholders(name);
    return value === undefined ? whole : prepare(value);
  });
}

/** Those that no variable of a template overrides. */
function ownVariables(spec: Source): Map<string, string> {
  const { ports, network } = spec;
  const [primary] = ports;
  const isShared = network.mode === 'host';
  const everywhere = primary?.ip.includes(':') ? '::' : '0.0.0.0';
  return new Map([
    ['SERVER_MEMORY', toldMemory(spec)],
    ...(primary
      ? ([
          ['SERVER_PORT', listeningPort(primary, network)],
          // In a network of its own all addresses are the server's.
          ['SERVER_IP', isShared ? primary.ip : everywhere],
        ] as const)
      : []),
  ]);
}

function serverFacts(spec: Source) {
  const { serverId, limits, ports, network, image = '', suspended } = spec;
  const [primary] = ports;
  const memoryMb = toldMemory(spec);
  const { swapMb, cpuCores, diskMb, ioWeight = '', cpuPinning = '' } = limits;
  const facts: Record<string, string | number> = { uuid: serverId, suspended: String(suspended) };
  if (primary) {
    for (const start of ['build.default', 'allocations.default']) {
      facts[`${start}.ip`] = primary.ip;
      facts[`${start}.port`] = listeningPort(primary, network);
    }
  }
  Object.assign(facts, {
    'build.memory': memoryMb,
    'build.memory_limit': memoryMb,
    'build.swap': swapMb,
    'build.cpu': Math.round(cpuCores * 100),
    'build.cpu_limit': Math.round(cpuCores * 100),
    'build.disk': diskMb,
    'build.disk_space': diskMb,
    'build.io': ioWeight,
    'build.io_weight': ioWeight,
    'build.threads': cpuPinning,
    'build.image': image,
    'container.image': image,
  });
  return new Map(Object.entries(facts).map(([name, value]) => [name, String(value)]));
}

/** The limit may be higher, so that there is room beside what the game is told of. */
function toldMemory({ environment, limits }: Source): string {
  return environment.SERVER_MEMORY_MB ?? String(limits.memoryMb);
}

function listeningPort({ port, targetPort }: Source['ports'][number], { mode }: Source['network']): string {
  return String(mode === 'host' ? port : (targetPort ?? port));
}

function variableOf({ environment }: Source, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}
