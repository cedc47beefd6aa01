import { describe, expect, it } from 'vitest';
import { explain } from './reason.ts';

const now = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const server = {
  state: 'running' as const,
  reason: null,
  reasonText: null,
  exitCode: null,
  crashCount: 0,
  lastCrashAt: null,
  stateChangedAt: ago(180),
  nextRestartAt: null,
  suspendedAt: null,
  suspendedByName: null,
  suspensionReason: null,
  allocatedMemoryMb: 2048,
  allocatedDiskMb: 1024,
  stats: null,
  permissions: ['*'],
  node: { id: 'n', name: 'attic', online: true },
  restartPolicy: { mode: 'on-failure' as const, maxRestarts: 5, windowSeconds: 600, backoffSeconds: 1 },
};
type Input = Parameters<typeof explain>[0];
const of = (changes: Partial<Input>) => explain({ ...server, ...changes }, now);

describe('a server that is well', () => {
  it.each(['stopped', 'running', 'starting', 'stopping', 'installing'] as const)(
    'says nothing while %s',
    (state) => expect(of({ state })).toBeNull(),
  );
});

it('warns while a running server takes more of the disk than it may', () => {
  const stats = {
    serverId: 's',
    at: now,
    cpuPercent: 1,
    memoryBytes: 1,
    diskBytes: 1.5 * 1024 ** 3,
    pids: 1,
  };
  expect(of({ stats })).toMatchObject({
    tone: 'warning',
    title: 'Its files take 1.5 GiB, more than its limit of 1 GiB',
    actions: ['raise-limit'],
  });
  expect(of({ stats: { ...stats, diskBytes: 1024 ** 3 } })).toBeNull();
  expect(of({ state: 'crashed', reason: 'disk_limit' })?.actions).toEqual(['see-lines', 'raise-limit']);
});

describe('a crash', () => {
  it('names the exit code, the limit and both ways out when memory ran out', () => {
    expect(of({ state: 'crashed', exitCode: 137, reason: 'out_of_memory', crashCount: 6 })).toEqual({
      tone: 'error',
      title: 'Crashed 3 min ago, exit 137, out of memory: limit 2 GiB',
      text: 'It crashed 6 times and is not started again by itself.',
      actions: ['see-lines', 'raise-limit'],
    });
  });

  it('says when the agent tries again', () => {
    expect(of({ state: 'crashed', exitCode: 1, crashCount: 1, nextRestartAt: ago(-20) })).toMatchObject({
      title: 'Crashed 3 min ago, exit 1',
      text: 'It is started again in 20 s.',
    });
  });

  it('says what the policy is when nobody tries again', () => {
    const restartPolicy = { ...server.restartPolicy, mode: 'never' as const };
    expect(of({ state: 'crashed', reasonText: 'Ended by SIGSEGV', crashCount: 1, restartPolicy })?.text).toBe(
      'Ended by SIGSEGV. Its restart policy is “never”, so it stays down until you start it.',
    );
  });

  it('offers only what the caller may do', () => {
    expect(
      of({ state: 'crashed', reason: 'out_of_memory', permissions: ['server.read', 'console.read'] })
        ?.actions,
    ).toEqual(['see-lines']);
  });

  it('is still told while the server runs, when it happens again and again', () => {
    expect(of({ crashCount: 2, lastCrashAt: ago(60) })).toBeNull();
    expect(of({ crashCount: 4, lastCrashAt: ago(60) })?.title).toBe('Crashed 4 times, the last 1 min ago');
  });
});

describe('other trouble', () => {
  it('tells a failed installation with its last error', () => {
    expect(
      of({ state: 'error', reason: 'install_failed', reasonText: 'npm ended with exit code 1' }),
    ).toEqual({
      tone: 'error',
      title: 'Installation failed 3 min ago',
      text: 'npm ended with exit code 1.',
      actions: ['see-lines', 'reinstall'],
    });
  });

  it.each(['install_failed', 'install_cancelled', 'install_interrupted', 'data_missing'] as const)(
    'offers to install again after %s',
    (reason) => expect(of({ state: 'error', reason })?.actions).toEqual(['see-lines', 'reinstall']),
  );

  it('puts an offline node before everything else', () => {
    expect(of({ state: 'crashed', node: { ...server.node, online: false } })).toMatchObject({
      tone: 'offline',
      title: 'Node attic is offline',
      actions: [],
    });
  });

  it('tells since when a server is suspended, by whom and why', () => {
    expect(of({ state: 'suspended', suspendedAt: ago(7200) })?.title).toBe('Suspended 2 h ago');
    const suspension = { suspendedAt: ago(7200), suspendedByName: 'Ann', suspensionReason: 'Not paid' };
    const told = of({ state: 'suspended', ...suspension, node: { ...server.node, online: false } });
    expect(told?.title).toBe('Suspended 2 h ago by Ann');
    expect(told?.text).toMatch(/^Not paid\. It cannot be started/);
    expect(told?.actions).toEqual(['lift-suspension']);
  });
});
