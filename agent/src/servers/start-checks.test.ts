import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProjectQuota } from '../files/project-quota.ts';
import { ProgramFailure } from '../network/run-program.ts';
import { ResourceStats } from '../node/resource-stats.ts';
import { notRoot } from '../testing/describe-unless.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';
import { DiskWarning } from './disk-limit.ts';

const forever = ['say ready', 'wait 60000'];
const megabyte = 1024 * 1024;
const limits = (diskMb: number) => ({ memoryMb: 256, cpuCores: 2, diskMb, pids: 64, swapMb: 0 });

describe('the disk limit', () => {
  const fill = (test: TestSupervisor, serverId: string, megabytes: number) => {
    const file = join(test.folder.server(serverId), 'world');
    writeFileSync(file, Buffer.alloc(megabytes * megabyte, 1));
    return () => rmSync(file);
  };

  it('keeps a server that is over it from being started, until it is not any more', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(forever, { limits: limits(2) }));
    const empty = fill(test, id, 3);
    await test.done(test.order(id, 'start'), 'quota_exceeded');
    expect(await test.reaches(id, 'crashed')).toMatchObject({
      reason: 'disk_limit',
      reasonText: expect.stringMatching(/^Its files take 3\.1 MB, more than its disk limit of 2 MB\./),
    });
    empty();
    await test.done(test.order(id, 'start'));
    await test.done(test.order(id, 'kill'));
    fill(test, id, 3);
    const { parts } = test.supervisor.get(id);
    await parts.folder.measure();
    await test.done(test.order(id, 'start'), 'quota_exceeded');
    await test.supervisor.apply({ ...parts.file.record.spec, revision: 2, limits: limits(8) });
    await test.done(test.order(id, 'start'));
  });

  it('is said to the console when a running server passes it, once', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(forever, { limits: limits(2) }));
    const stats = new ResourceStats(() => test.supervisor.all);
    onTestFinished(() => stats.close());
    fill(test, id, 3);
    await stats.read();
    const warnings = async () => (await test.lines(id)).filter((line) => line.includes('disk limit'));
    await expect
      .poll(warnings)
      .toEqual([
        'system: Its files take 3.1 MB, more than its disk limit of 2 MB. Delete some, or it cannot be started again.',
      ]);
    test.supervisor.get(id).noteDiskUse(4 * megabyte);
    // Stored after whatever was said before it.
    await test.supervisor.get(id).parts.console.append('system', 'the last line');
    expect(await warnings()).toHaveLength(1);
  });

  it('is warned of again after it was kept', () => {
    const said: string[] = [];
    const warning = new DiskWarning();
    for (const used of [1, 3, 4, 1, 3]) warning.note(used * megabyte, 2, (text) => said.push(text));
    expect(said).toHaveLength(2);
  });

  it('is set on the file system before anything runs, changed while it does, and taken away with the server', async ({
    skip,
  }) => {
    skip(notRoot !== null, 'needs root to have users to give');
    const calls: string[] = [];
    const diskQuota: ProjectQuota = {
      mark: async (folder, projectId) => void calls.push(`mark ${folder} ${projectId}`),
      limit: async (projectId, limitBytes) => void calls.push(`limit ${projectId} ${limitBytes / megabyte}`),
    };
    const test = await TestSupervisor.open({ giveUsers: true, machine: { diskQuota } });
    const spec = fakeSpec(forever, { limits: limits(2) });
    const id = await test.install(spec);
    const { uid } = test.supervisor.get(id).parts.file.record;
    const both = [`mark ${test.folder.server(id)} ${uid}`, `limit ${uid} 2`];
    expect(calls.splice(0)).toEqual(both);
    await test.done(test.order(id, 'start'));
    expect(calls.splice(0)).toEqual(both);
    await test.supervisor.apply({ ...spec, revision: 2, limits: limits(5) });
    expect(calls.splice(0)).toEqual([`limit ${uid} 5`]);
    await test.done(test.order(id, 'remove'));
    expect(calls).toEqual([`limit ${uid} 0`]);
  });

  it('that the file system refuses keeps nobody from playing', async ({ skip }) => {
    skip(notRoot !== null, 'needs root to have users to give');
    const fail = () => Promise.reject(new ProgramFailure('setquota failed (1): no quota'));
    const machine = { diskQuota: { mark: fail, limit: fail } };
    const test = await TestSupervisor.open({ giveUsers: true, machine });
    await test.run(fakeSpec(forever));
    expect(test.logged).toContainEqual(
      expect.objectContaining({ msg: "The file system's limit for a server could not be set" }),
    );
  });
});

describe('ports', () => {
  const ports = [{ name: 'game', ip: '0.0.0.0', port: 45_123, protocol: 'udp' as const }];

  it('that are published for the container of another server are taken', async () => {
    const owners: (string | null)[] = [];
    const machine = { ownerOfPort: () => owners[0] ?? null };
    const test = await TestSupervisor.open({ machine });
    const id = await test.install(fakeSpec(forever, { ports }));
    owners[0] = 'somebody else';
    await test.done(test.order(id, 'start'), 'port_taken');
    expect(await test.reaches(id, 'crashed')).toMatchObject({
      reason: 'port_taken',
      reasonText: 'Port 45123 (udp) is already taken on this node, by the container of another server.',
    });
    owners[0] = id;
    await test.done(test.order(id, 'start'));
  });

  it('of a server with an address of its own are nobody else’s', async () => {
    const machine = { ownerOfPort: () => 'somebody else' };
    const test = await TestSupervisor.open({ machine });
    const network = { mode: 'macvlan' as const, parent: 'eth0', address: '192.0.2.5/24', gateway: null };
    await test.run(fakeSpec(forever, { ports, network }));
  });
});
