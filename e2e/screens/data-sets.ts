import { AppError } from '@catalyst/shared/contract/errors';
import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { clientCalls } from '@catalyst/shared/realtime';
import { accountAnswers, plainAccountAnswers } from './account-answers.ts';
import { auditAnswers, silentAnswers } from './audit-answers.ts';
import {
  admin,
  allocations,
  consoleLines,
  firewall,
  id,
  ids,
  ipPools,
  keptFiles,
  livePortsOf,
  networks,
  nodes,
  portPools,
  servers,
} from './example-data.ts';
import { dryRun } from './example-dry-run.ts';
import { checks, fineChecks, images, pulls, registries } from './example-images.ts';
import { allTemplates } from './example-templates.ts';
import { fileAnswers, noFileAnswers } from './file-answers.ts';
import { nobodyAnswers, peopleAnswers } from './people-answers.ts';
import { type StubPanel, startStubPanel } from './stub-panel.ts';
import type { Answers } from './stub-routes.ts';
import { templateAnswers } from './template-answers.ts';

/** How a panel can be met: new, slow, in use, or in trouble. */
export type DataSet = 'empty' | 'loading' | 'full' | 'failing';
export const dataSets: DataSet[] = ['empty', 'loading', 'full', 'failing'];

const lastLine = 48_211;
const never = () => new Promise(() => {});
const find = <Item extends { id: string }>(items: readonly Item[], wanted: string): Item => {
  const found = items.find((item) => item.id === wanted);
  if (!found) throw new AppError('not_found', 'There is nothing with this id');
  return found;
};
const page = (items: unknown[]) => ({ items, nextCursor: null });

const session: Answers = {
  'sessions.me': () => admin,
  'sessions.setupState': () => {
    throw new AppError('not_found', 'This panel is set up');
  },
  'sessions.login': () => ({ token: 'unused', expiresAt: new Date(Date.now() + 86_400_000), user: admin }),
  'sessions.logout': () => undefined,
  'sessions.setup': () => ({ token: 'unused', expiresAt: new Date(Date.now() + 86_400_000), user: admin }),
};

const system: Answers = {
  'system.info': () => ({
    version: '0.1.0',
    database: 'sqlite',
    insecureTransport: false,
    tlsFingerprint:
      '9F:2C:71:AE:05:BB:4D:18:E3:60:C2:97:5A:11:F8:0D:3E:84:6B:D9:27:CF:50:A6:1C:E8:93:74:0B:F5:62:AD',
    panelFingerprint: 'SHA256:8cZq3Vt1Lm5Xr0Wk7Yp2Nd9Sb4Hf6Ja1Ge3Ti5Uo8',
    dataDirectory: '/var/lib/catalyst/panel',
    startedAt: new Date(Date.now() - 9 * 86_400_000).toISOString(),
  }),
};

const full: Answers = {
  ...session,
  ...system,
  ...peopleAnswers,
  ...accountAnswers,
  ...auditAnswers,
  ...templateAnswers,
  ...fileAnswers,
  'nodes.list': () => page(nodes),
  'nodes.get': ({ params }) => find(nodes, params.id),
  'nodes.create': ({ body }) => ({ ...nodes[3], ...body }),
  'nodes.deploymentToken': () => ({
    token: 'cat1.eyJ1IjoiaHR0cHM6Ly9wYW5lbC5leGFtcGxlLm9yZzo4NDQzIn0.q8Yw2Zr5Tn0Lk7Vd3Hs9Xb6Mf1Jc4Pg',
    expiresAt: new Date(Date.now() + 15 * 60_000),
    panelUrl: 'https://panel.example.org:8443',
    installCommand:
      "(curl -fsS -k --pinnedpubkey 'sha256//q8Yw2Zr5Tn0Lk7Vd3Hs9Xb6Mf1Jc4PgAeUiOyWxCvBn=' https://panel.example.org:8443/api/deploy/Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w || echo 'echo Nothing was installed. After a 404, copy a new command: each works once. >&2; exit 1') | sudo sh",
  }),
  'networks.list': ({ params }) => page(params.id === nodes[1]?.id ? networks : []),
  'portPools.list': ({ params }) => page(params.id === nodes[1]?.id ? portPools : []),
  'portPools.allocations': ({ params }) => page(params.id === nodes[1]?.id ? allocations : []),
  'ipPools.list': ({ query }) => page(query.nodeId === nodes[1]?.id ? ipPools : []),
  'networks.create': ({ body }) => ({ ...networks[1], addresses: [], serverCount: 0, ...body }),
  'nodes.installHostPackages': never,
  'firewall.get': () => firewall,
  'livePorts.list': ({ params }) => ({ ports: livePortsOf(params.id) }),
  'doctor.examine': () => ({ checkedAt: new Date(), checks }),
  'images.list': () => ({ ...page(images), pulls }),
  'images.pull': ({ body }) => ({ ...pulls[0], reference: body.reference, id: id(755) }),
  'images.cancel': () => undefined,
  'images.remove': () => ({ freedBytes: 400_000_000 }),
  'images.prune': () => ({ removed: [images[0]?.reference], freedBytes: 80_740_000 }),
  'registries.list': () => page(registries),
  'kept.list': () => ({ items: keptFiles }),
  'kept.wipe': () => undefined,
  'favourites.list': () => ({ serverIds: [ids.running, ids.flooded] }),
  'favourites.add': () => undefined,
  'favourites.remove': () => undefined,
  'servers.list': ({ query }) =>
    page(servers.filter(({ node }) => query.nodeId === undefined || node.id === query.nodeId)),
  'servers.get': ({ params }) => find(servers, params.id),
  'servers.dryRun': () => dryRun,
  'servers.update': ({ params, body }) => ({ ...find(servers, params.id), ...body }),
  'servers.start': () => ({ operationId: id(701), state: 'starting' }),
  'servers.stop': () => ({ operationId: id(702), state: 'stopping' }),
  'servers.restart': () => ({ operationId: id(703), state: 'stopping' }),
  'servers.kill': () => ({ operationId: id(704), state: 'stopping' }),
  'servers.create': ({ body }) => ({ ...find(servers, ids.installing), name: body.name }),
  'console.logs': ({ params, query }) => logPage(params.id, query),
};

const empty: Answers = {
  ...full,
  ...nobodyAnswers,
  ...plainAccountAnswers,
  ...silentAnswers,
  ...noFileAnswers,
  'templates.list': () => page([]),
  'nodes.list': () => page([]),
  'networks.list': () => page([]),
  'portPools.list': () => page([]),
  'portPools.allocations': () => page([]),
  'ipPools.list': () => page([]),
  'nodes.get': ({ params }) => (params.id === nodes[1]?.id ? nodes[1] : { ...nodes[3] }),
  'firewall.get': () => ({ ...firewall, gates: [], openPorts: [], isForwardingOpen: false }),
  'doctor.examine': () => ({ checkedAt: new Date(), checks: fineChecks }),
  'images.list': () => ({ ...page([]), pulls: [] }),
  'registries.list': () => page([]),
  'kept.list': () => ({ items: [] }),
  'favourites.list': () => ({ serverIds: [] }),
  'servers.list': () => page([]),
  'servers.get': () => ({
    ...find(servers, ids.stopped),
    environment: {},
    stateChangedAt: new Date(Date.now() - 90_000),
  }),
  'console.logs': () => ({ items: [], nextCursor: null, firstSeq: 0, lastSeq: 0 }),
};

const loading: Answers = {
  ...Object.fromEntries(Object.keys(full).map((name) => [name, never])),
  'sessions.me': session['sessions.me'] as () => unknown,
};

const broken = () => {
  throw new AppError('internal', 'The panel could not read its database: disk I/O error');
};
const failing: Answers = {
  ...Object.fromEntries(Object.keys(full).map((name) => [name, broken])),
  ...session,
  'sessions.login': () => {
    throw new AppError('rate_limited', 'Too many attempts', { retryAfterSeconds: 27 });
  },
  // A page of one server exists as long as the server does; what fails on it is everything else.
  'servers.get': ({ params }) => find(servers, params.id),
  'console.logs': () => {
    throw new AppError('node_offline', 'Node attic did not answer within 10 s');
  },
  'templates.list': () => page(allTemplates),
  'nodes.get': ({ params }) => (params.id === nodes[1]?.id ? nodes[1] : nodes[2]),
  'doctor.examine': () => {
    throw new AppError('timeout', 'The node did not answer within 30 s');
  },
  'images.list': () => {
    throw new AppError('unavailable', 'containerd is not running: nobody listens on its socket.');
  },
  'servers.create': () => {
    throw new AppError('host_package_missing', 'OpenTTD needs packages this node lacks', {
      issues: ['openttd', 'openttd-opengfx'].map((message) => ({ path: 'hostPackages', message })),
    });
  },
};
// The new-server page needs a node to fail on.
failing['nodes.list'] = broken;

const answersOf: Record<DataSet, Answers> = { empty, loading, full, failing };

export function startDataSet(dataSet: DataSet, changes: Answers = {}, port?: number): Promise<StubPanel> {
  return startStubPanel({
    ...(port && { port }),
    answers: { ...answersOf[dataSet], ...changes },
    calls: (tell): Partial<CallHandlers<typeof clientCalls>> => ({
      'console:subscribe': ({ serverId }) => {
        if (serverId === ids.flooded) {
          tell('console:dropped', { serverId, fromSeq: lastLine + 1, toSeq: lastLine + 1204 });
        }
        return { firstSeq: 1, lastSeq: dataSet === 'empty' ? 0 : lastLine };
      },
      'console:unsubscribe': () => ({}),
      'console:resize': () => ({}),
      console_input: () => ({ seq: lastLine + 1 }),
    }),
    onConnect: (tell) => {
      if (dataSet !== 'full') return;
      for (const stats of statsOfLastMinutes()) tell('resource_stats', { stats });
    },
  });
}

function logPage(
  serverId: string,
  query: { after?: number; before?: number; limit: number; stream?: string },
) {
  if (serverId === ids.stopped) return { items: [], nextCursor: null, firstSeq: 0, lastSeq: 0 };
  const end = query.after === undefined ? (query.before ?? lastLine + 1) - 1 : query.after + query.limit;
  const all = consoleLines(Math.min(query.limit, end), end);
  return {
    items: all.filter(({ stream }) => query.stream === undefined || stream === query.stream),
    nextCursor: 'b1',
    firstSeq: 1,
    lastSeq: lastLine,
  };
}

/** Sixty samples of each running server, as smooth and as rough as such curves are. */
function statsOfLastMinutes() {
  const running = servers.filter(({ stats, node }) => stats && node.online);
  return Array.from({ length: 60 }, (_, index) =>
    running.map(({ id: serverId, stats }, n) => {
      const wave = Math.sin(index / 4 + n) * 0.25 + Math.sin(index * 1.7 + n * 3) * 0.12;
      return {
        serverId,
        at: new Date(Date.now() - (60 - index) * 2000).toISOString(),
        cpuPercent: Math.max(0, (stats?.cpuPercent ?? 0) * (1 + wave)),
        memoryBytes: (stats?.memoryBytes ?? 0) * (0.96 + index / 1500),
        diskBytes: stats?.diskBytes ?? null,
        pids: 24,
      };
    }),
  );
}
