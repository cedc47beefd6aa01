import type { AuditEntry } from '@catalyst/shared/features/audit';
import { admin, id, ids } from './example-data.ts';
import { apiKeys, users } from './example-people.ts';
import type { Answers } from './stub-routes.ts';

export const hash = '6f1d2c3b4a59687766554433221100ffeeddccbbaa99887766554433221100ab';
const minute = 60_000;
const alex = { kind: 'user' as const, id: admin.id, name: admin.name, key: null };
export const mika = {
  kind: 'user' as const,
  id: users[2]?.id ?? null,
  name: users[2]?.name ?? null,
  key: null,
};
const program = { ...alex, kind: 'key' as const, key: { id: apiKeys[0]?.id ?? null, name: 'billing' } };
const nobody = { kind: 'anonymous' as const, id: null, name: null, key: null };
const panel = { kind: 'system' as const, id: null, name: null, key: null };
const survival = { kind: 'server', id: ids.running, name: 'Survival' };

let seq = 48_230;
const entry = (action: string, changes: Partial<AuditEntry>): AuditEntry => {
  seq -= 1;
  return {
    ...{ seq, action, outcome: 'success', actor: alex, target: null, serverId: null },
    at: new Date(Date.now() - (48_230 - seq) ** 2 * minute),
    ...{ ip: '192.0.2.14', requestId: id(8000 + (48_230 - seq)), errorCode: null, details: {}, hash },
    ...changes,
  };
};

const onSurvival = { target: survival, serverId: ids.running };
const entries: AuditEntry[] = [
  entry('server.restart', { ...onSurvival, actor: mika, ip: '198.51.100.7' }),
  entry('console.command', { ...onSurvival, actor: mika, details: { command: 'say restart in 5 minutes' } }),
  entry('server.update', {
    ...onSurvival,
    actor: program,
    ip: '2001:db8:85a3::8a2e:370:7334',
    details: {
      allocatedMemoryMb: 4096,
      portBindings: [{ name: 'game', port: 25_565 }],
      password: '[redacted]',
    },
  }),
  entry('session.create', {
    outcome: 'failure',
    errorCode: 'invalid_credentials',
    actor: nobody,
    target: { kind: 'user', id: null, name: 'root@example.org' },
    ip: '203.0.113.200',
  }),
  entry('server.delete', {
    outcome: 'failure',
    errorCode: 'forbidden',
    actor: mika,
    target: {
      kind: 'server',
      id: ids.stopped,
      name: 'A very long name of a server that somebody once thought funny',
    },
    serverId: ids.stopped,
  }),
  entry('subuser.invite', { ...onSurvival, details: { email: 'juno@example.org' } }),
  entry('role.update', { target: { kind: 'role', id: id(303), name: 'Support' } }),
  entry('node.enrol', { actor: { kind: 'agent', id: id(51), name: 'attic', key: null } }),
  entry('audit.foreign-entries', { actor: panel, ip: null, outcome: 'failure' }),
  entry('panel.setup', { target: { kind: 'user', id: admin.id, name: admin.name } }),
];

const step = (
  n: number,
  minutesAgo: number,
  [previous, state]: [string | null, string],
  actor: [kind: string, name?: string],
  more: object = {},
) => ({
  id: id(900 + n),
  at: new Date(Date.now() - minutesAgo * minute),
  previous,
  state,
  reason: null,
  reasonText: null,
  exitCode: null,
  signal: null,
  outOfMemory: false,
  lastLines: [],
  actor: { kind: actor[0], name: actor[1] ?? null },
  ...more,
});
const transitions = [
  step(9, 42, ['starting', 'running'], ['agent']),
  step(8, 43, ['crashed', 'starting'], ['agent']),
  step(7, 43.2, ['running', 'crashed'], ['agent'], {
    reason: 'out_of_memory',
    reasonText: 'It needed more than its 2 GiB of memory.',
    exitCode: 137,
    outOfMemory: true,
    lastLines: [
      '[Server thread/INFO]: Saving the game (this may take a moment!)',
      "[Server thread/WARN]: Can't keep up! Is the server overloaded? Running 15034ms or 300 ticks behind",
      'java.lang.OutOfMemoryError: Java heap space',
    ],
  }),
  step(6, 2900, ['starting', 'running'], ['agent']),
  step(5, 2901, ['stopped', 'starting'], ['key', 'Robin (nightly robot)']),
  step(4, 3300, ['stopping', 'stopped'], ['agent'], { exitCode: 0 }),
  step(3, 3301, ['running', 'stopping'], ['user', 'Robin']),
  step(2, 4000, ['stopping', 'error'], ['system'], {
    reason: 'timed_out',
    reasonText: 'The agent did not finish this (stop) in time',
  }),
  step(1, 9000, [null, 'installing'], ['user', 'Alex Moreau']),
];

const page = (items: unknown[]) => ({ items, nextCursor: null });
export const auditAnswers: Answers = {
  'audit.list': ({ query }) => ({
    items: entries.filter(
      ({ action, actor, outcome }) =>
        (query.action === undefined || action.startsWith(query.action)) &&
        (query.outcome === undefined || outcome === query.outcome) &&
        (query.userId === undefined || actor.id === query.userId),
    ),
    nextCursor: '48219.1',
  }),
  'audit.activity': () => page(entries.filter(({ serverId }) => serverId === ids.running)),
  'servers.transitions': () => page(transitions),
  'audit.verify': () => ({
    ...{ isIntact: true, entries: 48_229, archivedEntries: 31_000, brokenAt: null, problem: null },
    head: { seq: 48_229, hash, signature: hash.repeat(2), publicKey: hash },
    checkedAt: new Date(),
  }),
  'audit.archive': () => ({
    archiveAfterDays: 365,
    folder: '/var/lib/catalyst/panel/audit-archive',
    files: [
      {
        ...{ name: 'audit-1-31000.ndjson.gz', firstSeq: 1, lastSeq: 31_000, sizeBytes: 4_812_331 },
        ...{
          firstAt: new Date(Date.now() - 900 * 1440 * minute),
          lastAt: new Date(Date.now() - 366 * 1440 * minute),
        },
      },
    ],
    problem: null,
  }),
};
/** A panel on which nothing was recorded. */
export const silentAnswers: Answers = {
  'audit.list': () => page([]),
  'audit.activity': () => page([]),
  'servers.transitions': () => page([]),
};
