import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { FakeRuntime } from '../runtimes/fake-runtime.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { newId } from '../testing/ids.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';
import type { ServerRecord } from './server-record.ts';

describe('after the agent was restarted', () => {
  it('a game that ran on is running, with its console in one piece', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(['say ready', 'wait 100', 'say later']));
    const later = await test.restarted();
    expect(later.state(id)).toBe('running');
    await vi.waitFor(async () => expect(await later.lines(id)).toEqual(['stdout: ready', 'stdout: later']));
    await later.done(later.order(id, 'stop'));
    expect(later.history(id)).toEqual(['stopping', 'stopped']);
  });

  it('a game that ended meanwhile has crashed, or not, by how it ended', async () => {
    const test = await TestSupervisor.open();
    const failed = await test.run(fakeSpec(['say ready', 'wait 50', 'exit 9']));
    const done = await test.run(fakeSpec(['say ready', 'wait 50', 'exit 0']));
    const runs = [failed, done].map((id) => test.supervisor.get(id).running);
    const later = await test.restarted();
    await Promise.all(runs.map((run) => run?.exited));
    expect(await later.reaches(failed, 'crashed')).toMatchObject({
      reason: 'exit_code',
      exitCode: 9,
      crashCount: 1,
      lastLines: ['ready'],
    });
    expect(await later.reaches(done, 'stopped')).toMatchObject({ reason: 'exited', crashCount: 0 });
  });

  it('a start that never happened happens, as somebody waits for it', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say ready']));
    await test.supervisor.close();
    const operationId = newId();
    changeRecord(test, id, (record) => {
      record.state = 'starting';
      record.desired = 'running';
      record.run = { startId: 'never-happened', kind: 'game', seqBefore: 0, bootId: 'whatever' };
      record.operations.push(pending(operationId, 'start', 60_000));
    });
    const later = await TestSupervisor.open({ folder: test.folder, runtime: test.runtime });
    await later.done(operationId);
    expect(later.state(id)).toBe('running');
  });

  it('a start that never happened has failed when its time is over', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say ready']));
    await test.supervisor.close();
    const operationId = newId();
    changeRecord(test, id, (record) => {
      record.state = 'starting';
      record.operations.push(pending(operationId, 'start', -1));
    });
    const later = await TestSupervisor.open({ folder: test.folder, runtime: test.runtime });
    expect(later.supervisor.get(id).snapshot()).toMatchObject({
      state: 'crashed',
      reason: 'start_interrupted',
    });
    expect(later.supervisor.get(id).operations.find(operationId)?.error).toMatchObject({
      code: 'unavailable',
    });
  });

  it('a stop and a removal that were under way come to their end', async () => {
    const test = await TestSupervisor.open();
    const stopping = await test.run(fakeSpec(['say ready']));
    const removed = await test.run(fakeSpec(['say ready']));
    await test.supervisor.close();
    const [stop, remove] = [newId(), newId()];
    changeRecord(test, stopping, (record) => {
      record.state = 'stopping';
      record.operations.push(pending(stop, 'stop'));
    });
    changeRecord(test, removed, (record) => {
      record.removal = { wipe: true, isDone: false };
      record.operations.push(pending(remove, 'remove'));
    });
    const later = await TestSupervisor.open({ folder: test.folder, runtime: test.runtime });
    expect(later.state(stopping)).toBe('stopped');
    expect(later.supervisor.get(stopping).operations.find(stop)?.error).toBeNull();
    expect(existsSync(test.folder.server(removed))).toBe(false);
    expect(later.supervisor.unreportedOperations().map(({ operation }) => operation)).toContainEqual(
      expect.objectContaining({ id: remove, error: null }),
    );
  });

  it('a removal that keeps the files is carried on after they were moved', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say ready']));
    await test.supervisor.close();
    const remove = newId();
    changeRecord(test, id, (record) => {
      record.removal = { wipe: false, isDone: false, keepAs: { name: 'Once', template: 'Test game' } };
      record.operations.push(pending(remove, 'remove'));
    });
    const place = join(test.folder.kept, id);
    mkdirSync(place);
    renameSync(test.folder.server(id), join(place, 'files'));
    const later = await TestSupervisor.open({ folder: test.folder, runtime: test.runtime });
    expect(later.supervisor.unreportedOperations().map(({ operation }) => operation)).toContainEqual(
      expect.objectContaining({ id: remove, error: null }),
    );
    expect(existsSync(join(place, 'files'))).toBe(true);
    expect(await later.supervisor.kept.list()).toMatchObject([{ serverId: id, name: id, sizeBytes: null }]);
  });

  it('a removal that was done but not told is told', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say ready']));
    await test.supervisor.close();
    const remove = newId();
    changeRecord(test, id, (record) => {
      record.removal = { wipe: true, isDone: true };
      record.operations.push(pending(remove, 'remove'));
    });
    const later = await TestSupervisor.open({ folder: test.folder, runtime: test.runtime });
    expect(later.supervisor.snapshot()).toEqual([]);
    expect(later.supervisor.unreportedOperations().map(({ operation }) => operation)).toContainEqual(
      expect.objectContaining({ id: remove, error: null }),
    );
  });

  it('a restart that had stopped the game starts it again', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(['say ready']));
    const before = test.supervisor.get(id).running?.startId;
    await test.supervisor.close();
    const operationId = newId();
    changeRecord(test, id, (record) => {
      record.state = 'stopping';
      record.operations.push(pending(operationId, 'restart'));
    });
    const later = await TestSupervisor.open({ folder: test.folder, runtime: test.runtime });
    expect(later.state(id)).toBe('running');
    expect(later.supervisor.get(id).running?.startId).not.toBe(before);
  });

  it('a server whose removal is reported is forgotten for good', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say ready']));
    await test.done(test.order(id, 'remove'));
    for (const { operation } of test.supervisor.unreportedOperations()) {
      await test.supervisor.operationReported(id, operation.id);
    }
    expect(readdirSync(test.folder.state).filter((name) => name.includes(id))).toEqual([]);
  });

  it('one server that cannot be taken back does not keep the others waiting', async () => {
    const test = await TestSupervisor.open();
    const hung = await test.run(fakeSpec(['say ready']));
    const fine = await test.run(fakeSpec(['say ready']));
    await test.supervisor.close();
    const fake = test.runtime;
    const runtime: Runtime = {
      name: 'fake',
      detect: () => fake.detect(),
      start: (launch, signal) => fake.start(launch, signal),
      recover: (serverId, startId) =>
        serverId === hung ? new Promise(() => {}) : fake.recover(serverId, startId),
      prepare: async () => {},
      remove: (serverId, startId) => fake.remove(serverId, startId),
      removeServer: async () => {},
    };
    const opening = TestSupervisor.open({ folder: test.folder, runtime, waitForRecovery: false });
    const later = await opening;
    await vi.waitFor(() => expect(later.supervisor.get(fine).running).not.toBeNull());
    await later.done(later.order(fine, 'stop'));
    // An order ends at its deadline, whatever hangs.
    await later.done(later.order(hung, 'kill', { deadlineMs: 1000 }), 'timeout');
  });

  it('a damaged record is read from the copy before it; a lost one leaves the files alone', async () => {
    const test = await TestSupervisor.open();
    const [damaged, lost] = [await test.install(fakeSpec(['say ready'])), await test.install(fakeSpec([]))];
    await test.supervisor.close();
    writeFileSync(recordPath(test, damaged), '{"half');
    for (const suffix of ['', '.bak']) writeFileSync(`${recordPath(test, lost)}${suffix}`, '');
    const later = await TestSupervisor.open({ folder: test.folder, runtime: test.runtime });
    expect(later.supervisor.snapshot().map(({ serverId }) => serverId)).toEqual([damaged]);
    expect(existsSync(test.folder.server(lost))).toBe(true);
    expect(later.logged).toContainEqual(expect.objectContaining({ level: 'error', serverId: lost }));
  });
});

describe('after the machine was restarted', () => {
  it('what was running runs again, once, and what was down stays down', async () => {
    const test = await TestSupervisor.open();
    const running = await Promise.all(Array.from({ length: 6 }, () => test.run(fakeSpec(['say ready']))));
    const down = await test.install(fakeSpec(['say ready']));
    const before = running.map((id) => test.supervisor.get(id).running?.startId);
    await test.supervisor.close();
    for (const id of running) {
      changeRecord(test, id, (record) => {
        if (record.run) record.run.bootId = 'another boot';
      });
    }
    // The games are gone with the machine that ran them.
    const runtime = new FakeRuntime({ runRoot: test.folder.run });
    const later = await TestSupervisor.open({ folder: test.folder, runtime });
    for (const [index, id] of running.entries()) {
      expect(later.state(id)).toBe('running');
      expect(later.supervisor.get(id).running?.startId).not.toBe(before[index]);
      expect(later.history(id)).toEqual(['stopped', 'starting', 'running']);
      expect(later.supervisor.get(id).snapshot().crashCount).toBe(0);
    }
    expect(later.state(down)).toBe('stopped');
    expect(later.history(down)).toEqual([]);
  });

  it('an installation that was under way has failed', async () => {
    const test = await TestSupervisor.open();
    const spec = fakeSpec(['say ready']);
    await test.supervisor.apply(spec);
    await test.supervisor.close();
    const operationId = newId();
    changeRecord(test, spec.serverId, (record) => {
      record.state = 'installing';
      record.operations.push(pending(operationId, 'install'));
    });
    const later = await TestSupervisor.open({ folder: test.folder });
    expect(later.supervisor.snapshot()).toMatchObject([{ state: 'error', reason: 'install_interrupted' }]);
    expect(later.supervisor.unreportedOperations()).toMatchObject([
      { operation: { id: operationId, error: { code: 'unavailable' } } },
    ]);
  });
});

describe('a full disk', () => {
  it('keeps nobody from stopping a server', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(['say ready']));
    // No new file can be made where the records are.
    // At once, as the agent goes on writing there.
    renameSync(test.folder.state, `${test.folder.state}-aside`);
    writeFileSync(test.folder.state, '');
    await test.done(test.order(id, 'stop'));
    expect(test.state(id)).toBe('stopped');
    await test.done(test.order(id, 'start'), 'unavailable');
    expect(test.state(id)).toBe('crashed');
    rmSync(test.folder.state);
    mkdirSync(test.folder.state);
    await test.done(test.order(id, 'start'));
  });
});

function recordPath(test: TestSupervisor, serverId: string): string {
  return join(test.folder.state, `server-${serverId}.json`);
}

/** As an agent that was killed at another moment would have left it. */
function changeRecord(test: TestSupervisor, serverId: string, change: (record: ServerRecord) => void): void {
  const record = JSON.parse(readFileSync(recordPath(test, serverId), 'utf8'));
  change(record);
  writeFileSync(recordPath(test, serverId), JSON.stringify(record));
}

function pending(id: string, action: 'start' | 'stop' | 'restart' | 'install' | 'remove', leftMs = 60_000) {
  return { id, action, acceptedAt: Date.now(), deadlineAt: Date.now() + leftMs, isReported: false };
}
