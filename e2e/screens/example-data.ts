import type { ConsoleLine } from '@catalyst/shared/features/console';
import type { NodeFirewall } from '@catalyst/shared/features/firewall';
import type { IpPool } from '@catalyst/shared/features/ip-pools';
import type { KeptFiles } from '@catalyst/shared/features/kept';
import type { LivePort } from '@catalyst/shared/features/live-ports-link';
import type { NodeNetwork } from '@catalyst/shared/features/networks';
import type { Node } from '@catalyst/shared/features/nodes';
import type { PortAllocation, PortPool } from '@catalyst/shared/features/port-pools';
import type { Server } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import type { User } from '@catalyst/shared/features/users';
import { catalogue } from '../../panel-server/src/features/templates/catalogue.ts';

const game = (wanted: string) => catalogue.find(({ id }) => id === wanted) as Template;
const [luanti, minecraftJs, openttd] = [game('luanti'), game('minecraft-js'), game('openttd')];

const minute = 60_000;
export const hour = 60 * minute;
export const ago = (ms: number) => new Date(Date.now() - ms);

export const id = (n: number) => `01980000-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const admin: User = {
  id: id(900),
  email: 'alex@example.org',
  name: 'alex',
  displayName: 'Alex Moreau',
  role: 'administrator',
  permissions: ['*'],
  nodeIds: null,
  createdAt: ago(40 * 24 * hour),
};

/** One that runs in containers only. */
const containedGame: Template = {
  ...openttd,
  id: 'factory',
  name: 'Factory',
  icon: 'unknown',
  summary: 'Build, connect, automate',
  terminal: true,
  images: { Stable: 'ghcr.io/games/factory:2.0', Experimental: 'ghcr.io/games/factory:2.1-beta' },
  processRuntime: true,
  variables: [
    ...openttd.variables,
    {
      ...{ name: 'RCON_PORT', label: 'Remote console port', description: 'For programs that send commands.' },
      ...{ defaultValue: '27015', rule: { kind: 'integer', min: 1024, max: 65_535 } },
      ...{ userVisible: true, userEditable: true, secret: false },
    },
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'udp', preferred: 34_197 },
    {
      ...{ name: 'query', label: 'Server list', protocol: 'udp', preferred: 34_198 },
      offset: { from: 'game', by: 1 },
    },
    { name: 'rcon', label: 'Remote console', protocol: 'tcp', preferred: 27_015, variable: 'RCON_PORT' },
  ],
};

export const templates: Template[] = [containedGame, ...catalogue];

const runtimes: NonNullable<Node['health']>['runtimes'] = [
  {
    name: 'process',
    available: true,
    version: null,
    enforces: { user: true, memory: true, cpu: true, pids: true },
    notes: [
      'Servers share the network of this machine: each can reach what the machine can reach.',
      'Files outside a server’s folder that anyone may read can be read by games.',
    ],
  },
];
const withContainers: typeof runtimes = [
  ...runtimes.map((runtime) => ({ ...runtime, cgroupVersion: 2 })),
  {
    name: 'containerd',
    available: true,
    version: 'containerd 1.6.20',
    enforces: {
      user: true,
      memory: true,
      swap: true,
      cpu: true,
      cpuPinning: true,
      pids: true,
      ioWeight: false,
    },
    cgroupVersion: 2,
    snapshotter: 'overlayfs',
    notes: ['Servers have equal shares of the disks because this kernel does not offer it.'],
  },
];

const health = (changes: Partial<NonNullable<Node['health']>> = {}): NonNullable<Node['health']> => ({
  at: new Date(),
  cpuPercent: 23.4,
  memoryUsageMb: 11_400,
  memoryTotalMb: 32_058,
  diskUsageMb: 412_000,
  diskTotalMb: 953_000,
  containerCount: 0,
  uptimeSeconds: 23 * 86_400 + 4 * 3600,
  cpuCores: 8,
  platform: 'Debian GNU/Linux 12',
  hostname: 'attic.lan',
  runtimes,
  ...changes,
});

export const nodes: Node[] = [
  node(1, 'attic', {
    local: true,
    publicAddress: 'play.example.org',
    maxMemoryMb: 24_576,
    allocatedMemoryMb: 9728,
    serverCount: 7,
    health: health(),
  }),
  node(2, 'frankfurt-1', {
    publicAddress: '203.0.113.17',
    maxMemoryMb: 65_536,
    allocatedMemoryMb: 61_440,
    serverCount: 4,
    health: health({
      cpuPercent: 71,
      memoryUsageMb: 60_100,
      memoryTotalMb: 64_200,
      hostname: 'fra1',
      cpuCores: 16,
      runtimes: withContainers,
    }),
  }),
  node(3, 'cellar', {
    status: 'offline',
    statusText: 'No heartbeat. Its servers keep running.',
    publicAddress: '192.168.1.40',
    lastSeenAt: ago(4 * minute),
    serverCount: 1,
    allocatedMemoryMb: 2048,
  }),
  node(4, 'spare-laptop', {
    status: 'unlinked',
    publicAddress: '192.168.1.52',
    agentVersion: null,
    fingerprint: null,
    lastSeenAt: null,
  }),
];

function node(n: number, name: string, changes: Partial<Node>): Node {
  return {
    id: id(800 + n),
    name,
    status: 'online',
    statusText: null,
    local: false,
    publicAddress: '192.0.2.1',
    maxMemoryMb: null,
    maxCpuCores: null,
    opensFirewall: true,
    allocatedMemoryMb: 0,
    allocatedCpuCores: 0,
    serverCount: 0,
    agentVersion: '0.1.0',
    fingerprint: 'SHA256:Qm1v5T8k0d2Zs7Yw4Lr9Ex3Hc6Ju1Pn8Ab2Fg5Ki0',
    lastSeenAt: new Date(),
    health: null,
    createdAt: ago(30 * 24 * hour),
    ...changes,
  };
}

const networkOf = (n: number, name: string, changes: Partial<NodeNetwork>): NodeNetwork => ({
  ...{ id: id(600 + n), nodeId: id(802), name, kind: 'macvlan', parent: null, subnet: null, gateway: null },
  ...{
    plugins: null,
    addresses: [],
    serverCount: 0,
    freeInPools: null,
    createdAt: ago(hour),
    updatedAt: ago(hour),
  },
  ...changes,
});

export const networks: NodeNetwork[] = [
  networkOf(1, 'behind-the-firewall', {
    kind: 'cni',
    plugins: [{ type: 'bridge', bridge: 'br7' }, { type: 'portmap' }, { type: 'firewall' }],
  }),
  networkOf(2, 'lan', {
    ...{ parent: 'eno1', subnet: '192.168.7.0/24', gateway: '192.168.7.1', serverCount: 2, freeInPools: 96 },
    addresses: [
      { address: '192.168.7.20', serverId: id(14), serverName: 'Factory with an address' },
      { address: '192.168.7.21', serverId: id(5), serverName: 'Transport club' },
      { address: '192.168.7.30', serverId: id(99), serverName: null },
    ],
  }),
];

const portPoolOf = (n: number, changes: Partial<PortPool>): PortPool => ({
  ...{ id: id(620 + n), nodeId: id(802), ip: '0.0.0.0', ports: '', alias: null, notes: '' },
  ...{ portCount: 0, freeCount: 0, createdAt: ago(hour), updatedAt: ago(hour), ...changes },
});

export const portPools: PortPool[] = [
  portPoolOf(1, {
    ...{ ip: '203.0.113.17', ports: '25565-25600, 27015', portCount: 37, freeCount: 2 },
    ...{ alias: 'play.example.org', notes: 'For everybody' },
  }),
  portPoolOf(2, { ports: '30000-39999', portCount: 10_000, freeCount: 9_998 }),
];

const allocationOf = (port: number, serverId: string, changes: Partial<PortAllocation>): PortAllocation => ({
  ...{ ip: '0.0.0.0', port, protocol: 'tcp', targetPort: null, name: 'game', serverId },
  ...{ serverName: null, networkName: null, poolId: id(621), ...changes },
});

export const allocations: PortAllocation[] = [
  allocationOf(3979, id(5), { protocol: 'both', serverName: 'Transport club', poolId: null }),
  allocationOf(25_565, id(7), { ip: '203.0.113.17', serverName: 'Lobby' }),
  allocationOf(25_566, id(99), { ip: '203.0.113.17' }),
  allocationOf(34_197, id(13), { protocol: 'udp', serverName: 'Factory', poolId: id(622) }),
  allocationOf(34_197, id(14), {
    ...{ ip: '192.168.7.20', protocol: 'udp', serverName: 'Factory with an address' },
    ...{ networkName: 'lan', poolId: null },
  }),
];

export const firewall: NodeFirewall = {
  ...{ unavailable: null, opens: true, isForwardingOpen: true, notes: [] },
  gates: [
    { name: 'iptables INPUT', hook: 'input' },
    { name: 'iptables FORWARD', hook: 'forward' },
    { name: 'ip6tables INPUT', hook: 'input' },
  ],
  openPorts: [
    { serverId: id(5), serverName: 'Transport club', ip: '0.0.0.0', port: 3979, protocol: 'tcp' },
    { serverId: id(5), serverName: 'Transport club', ip: '0.0.0.0', port: 3979, protocol: 'udp' },
    { serverId: id(7), serverName: 'Lobby', ip: '203.0.113.17', port: 25_565, protocol: 'tcp' },
  ],
};

export const ipPools: IpPool[] = [
  {
    ...{ id: id(631), nodeId: id(802), networkId: id(602), networkName: 'lan', cidr: '192.168.7.0/24' },
    ...{ gateway: '192.168.7.1', startIp: '192.168.7.20', endIp: '192.168.7.120' },
    ...{
      reserved: ['192.168.7.50', '192.168.7.51'],
      freeCount: 96,
      createdAt: ago(hour),
      updatedAt: ago(hour),
    },
    used: networks[1]?.addresses ?? [],
  },
];

export const ids = {
  running: id(1),
  crashed: id(2),
  installing: id(3),
  stopped: id(4),
  offline: id(6),
  suspended: id(8),
  failed: id(9),
  contained: id(13),
  ownAddress: id(14),
  flooded: id(10),
  longName: id(11),
};

const onNode = (n: number) => {
  const { id: nodeId, name, status } = nodes[n - 1] as Node;
  return { id: nodeId, name, online: status === 'online' };
};

export const servers: Server[] = [
  server(1, 'Survival', {
    template: minecraftJs,
    startedAt: ago(76 * hour),
    memory: 0.62,
    cpu: 34,
    tags: ['whitelist', 'eu', 'vanilla', 'weekly backup'],
    group: 'Community',
    notes:
      'Ask Ada before a version change: two players still use the old client.\n\nThe map is pregenerated up to 8,000 blocks.',
  }),
  server(2, 'Creative plots', {
    template: minecraftJs,
    state: 'crashed',
    reason: 'out_of_memory',
    reasonText: 'The system ended it: memory ran out',
    exitCode: 137,
    crashCount: 6,
    stateChangedAt: ago(3 * minute),
    lastCrashAt: ago(3 * minute),
    tags: ['creative'],
    group: 'Community',
  }),
  server(3, 'Sunday railways', {
    template: openttd,
    state: 'installing',
    stateChangedAt: ago(48_000),
    installProgress: { step: 2, totalSteps: 3, label: 'Download the server' },
    operation: operation('install'),
  }),
  server(4, 'Build contest 2025', {
    template: luanti,
    state: 'stopped',
    stateChangedAt: ago(19 * 24 * hour),
  }),
  server(5, 'Transport club', {
    template: openttd,
    startedAt: ago(9 * hour),
    memory: 0.21,
    cpu: 12,
    nodeN: 2,
    tags: ['eu'],
    group: 'Trains, and everybody who waits for one on a Sunday afternoon',
  }),
  server(6, 'Friends only', { template: luanti, nodeN: 3, startedAt: ago(50 * hour) }),
  server(7, 'Lobby', { template: minecraftJs, state: 'starting', stateChangedAt: ago(6000), nodeN: 2 }),
  server(8, 'Overdue account', {
    template: minecraftJs,
    state: 'suspended',
    stateChangedAt: ago(2 * 24 * hour),
    suspendedAt: ago(2 * 24 * hour),
    suspendedByName: 'Ada',
    suspensionReason: 'The invoice of February is not paid',
    nodeN: 2,
  }),
  server(9, 'Modded test', {
    template: minecraftJs,
    state: 'error',
    reason: 'install_failed',
    reasonText: 'Step “Download the server” ended with exit code 1',
    stateChangedAt: ago(26 * minute),
  }),
  server(10, 'Skyblock', { template: minecraftJs, startedAt: ago(31 * hour), memory: 0.94, cpu: 158 }),
  server(11, 'Voxel school, Thursday afternoon group with the very long name nobody wanted to shorten', {
    template: luanti,
    startedAt: ago(5 * hour),
    memory: 0.35,
    cpu: 7,
    tags: ['school', 'thursday'],
    group: 'Community',
  }),
  server(13, 'Factory', {
    template: containedGame,
    nodeN: 2,
    startedAt: ago(11 * hour),
    memory: 0.48,
    cpu: 61,
    ...{ runtime: 'containerd', image: 'Stable', networkMode: 'bridge', terminal: true },
    ...{ address: '203.0.113.17:34197', primaryPort: 34_197 },
    portBindings: [
      {
        ...{ name: 'game', ip: '0.0.0.0', port: 34_197, protocol: 'udp', address: '203.0.113.17:34197' },
        ...{ alias: null, notes: '', primary: true },
      },
      {
        ...{ name: 'query', ip: '0.0.0.0', port: 34_198, protocol: 'udp', address: '203.0.113.17:34198' },
        ...{ alias: null, notes: '', primary: false },
      },
      {
        ...{ name: 'rcon', ip: '127.0.0.1', port: 27_115, protocol: 'tcp', targetPort: 27_015 },
        ...{ address: '127.0.0.1:27115', alias: null, notes: 'for the bot', primary: false },
      },
      {
        ...{ name: 'map', ip: '203.0.113.18', port: 8123, protocol: 'tcp', address: '203.0.113.18:8123' },
        ...{ alias: null, notes: '', primary: false },
      },
    ],
  }),
  server(14, 'Factory with an address', {
    template: containedGame,
    nodeN: 2,
    ...{ runtime: 'containerd', image: 'Stable', networkMode: 'lan', staticIp: '192.168.7.20' },
    state: 'stopped',
    ...{ address: '192.168.7.20:34197', primaryPort: 34_197 },
    portBindings: [
      {
        ...{ name: 'game', ip: '192.168.7.20', port: 34_197, protocol: 'udp', address: '192.168.7.20:34197' },
        ...{ alias: null, notes: '', primary: true },
      },
    ],
  }),
  server(12, 'Night shift', { template: openttd, state: 'stopping', stateChangedAt: ago(4000), nodeN: 2 }),
];

export const keptFiles: KeptFiles[] = [
  {
    ...{ serverId: id(61), name: 'Summer event 2025', template: 'Minecraft (flying-squid)' },
    ...{ keptAt: ago(40 * 24 * hour), sizeBytes: 3_482_000_000 },
  },
  {
    serverId: id(62),
    name: 'First railways',
    template: 'OpenTTD',
    keptAt: ago(90 * 24 * hour),
    sizeBytes: null,
  },
];

type ServerWish = Omit<Partial<Server>, 'template'> & {
  template: Template;
  nodeN?: number;
  memory?: number;
  cpu?: number;
};

function server(
  n: number,
  name: string,
  { template, nodeN = 1, memory, cpu, ...changes }: ServerWish,
): Server {
  const state = changes.state ?? 'running';
  const port = (template.ports[0]?.preferred ?? 25565) + n - 1;
  const memoryMb = template.id === 'minecraft-js' ? 2048 : 512;
  const isOn = state === 'running';
  const address = `${nodes[nodeN - 1]?.publicAddress}:${port}`;
  return {
    id: id(n),
    name,
    description: n === 1 ? 'Whitelist only; ask in the forum.' : '',
    tags: [],
    group: null,
    notes: '',
    owner: { id: admin.id, name: admin.name },
    node: onNode(nodeN),
    template: { id: template.id, name: template.name, icon: template.icon },
    runtime: 'process',
    image: null,
    startupLine: null,
    terminal: false,
    state,
    reason: null,
    reasonText: null,
    desiredState: isOn ? 'running' : 'stopped',
    reportedState: state,
    stateChangedAt: changes.startedAt ?? ago(hour),
    startedAt: null,
    exitCode: null,
    crashCount: 0,
    lastCrashAt: null,
    nextRestartAt: null,
    suspendedAt: null,
    suspendedByName: null,
    suspensionReason: null,
    allocatedMemoryMb: memoryMb,
    allocatedCpuCores: 2,
    allocatedDiskMb: 4096,
    swapMb: 0,
    pids: 512,
    cpuPinning: null,
    ioWeight: null,
    networkMode: 'host',
    staticIp: null,
    primaryPort: port,
    portBindings: [
      {
        ...{ name: 'game', ip: '0.0.0.0', port, protocol: template.ports[0]?.protocol ?? 'tcp', address },
        ...{ alias: null, notes: '', primary: true },
      },
    ],
    address,
    howToJoin: template.howToJoin.replace('{{ADDRESS}}', address),
    environment: Object.fromEntries(template.variables.map((one) => [one.name, one.defaultValue])),
    restartPolicy: template.restartPolicy,
    installProgress: null,
    operation: null,
    stats:
      memory === undefined
        ? null
        : {
            serverId: id(n),
            at: ago(2 * minute),
            cpuPercent: cpu ?? 0,
            memoryBytes: memory * memoryMb * 1024 ** 2,
            diskBytes: 0.3 * 4096 * 1024 ** 2,
            pids: 24,
          },
    permissions: ['*'],
    createdAt: ago(60 * 24 * hour),
    updatedAt: ago(hour),
    ...changes,
  };
}

function operation(kind: 'install'): Server['operation'] {
  return {
    id: id(700),
    kind,
    status: 'running',
    error: null,
    startedAt: ago(48_000),
    deadlineAt: new Date(Date.now() + 10 * minute),
    finishedAt: null,
  };
}

const joined = ['maple', 'otter_77', 'brickfan', 'Nils', 'quietstorm', 'pixelmum'];

/** A morning on a Minecraft server, in its colours. */
export function consoleLines(count: number, lastSeq: number): ConsoleLine[] {
  return Array.from({ length: count }, (_, index): ConsoleLine => {
    const seq = lastSeq - count + 1 + index;
    return { seq, at: ago((count - index) * 9000), ...lineOf(seq) };
  });
}

function lineOf(seq: number): Pick<ConsoleLine, 'stream' | 'text'> {
  const name = joined[seq % joined.length];
  const stdout = (text: string) => ({ stream: 'stdout' as const, text });
  switch (seq % 11) {
    case 0:
      return { stream: 'stdin', text: 'list' };
    case 1:
      return stdout(
        `[INFO] There are \x1b[32m4\x1b[0m of 20 players online: maple, otter_77, brickfan, Nils`,
      );
    case 3:
      return stdout(`[\x1b[33mWARN\x1b[0m] Can't keep up! Running \x1b[33m2140 ms\x1b[0m or 42 ticks behind`);
    case 5:
      return stdout(`[INFO] <\x1b[36m${name}\x1b[0m> has anyone seen my horse?`);
    case 7:
      return { stream: 'stderr', text: `\x1b[31mError: chunk 12,-7 was saved by a newer version\x1b[0m` };
    case 8:
      return { stream: 'system', text: 'The node caught up after a short cut; no line is missing' };
    case 9:
      return stdout(`[INFO] ${name} left the game`);
    default:
      return stdout(
        `[INFO] \x1b[1m${name}\x1b[0m joined the game, from https://maps.example.org/?x=${seq % 400}`,
      );
  }
}

/** The first is as it should be, the next two are not. */
export function livePortsOf(serverId: unknown): LivePort[] {
  const { portBindings = [] } = servers.find((server) => server.id === serverId) ?? {};
  const found = [
    { state: 'listening', addresses: ['0.0.0.0'], holder: null },
    { state: 'closed', addresses: [], holder: null },
    { state: 'taken', addresses: ['0.0.0.0'], holder: 'java (process 812)' },
  ] as const;
  return portBindings.flatMap(({ name, port, protocol }, index) =>
    (protocol === 'both' ? (['tcp', 'udp'] as const) : [protocol]).map((one) => {
      const { addresses, ...rest } = found[index % found.length] as (typeof found)[number];
      return { name, port, protocol: one, addresses: [...addresses], ...rest };
    }),
  );
}
