import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { notRoot } from '../testing/describe-unless.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';

const forever = ['say ready', 'wait 60000'];

describe('a spec', () => {
  it('is replaced only by a newer one', async () => {
    const test = await TestSupervisor.open();
    const spec = fakeSpec(forever);
    expect(await test.supervisor.apply({ ...spec, revision: 5 })).toBe(5);
    expect(await test.supervisor.apply({ ...spec, revision: 4, argv: ['old'] })).toBe(5);
    expect(test.supervisor.get(spec.serverId).parts.file.record.spec.argv).toEqual(spec.argv);
    const later = await test.restarted();
    expect(later.supervisor.snapshot()).toMatchObject([
      { serverId: spec.serverId, revision: 5, state: 'stopped' },
    ]);
  });

  it('of a runtime this node does not have is refused', async () => {
    const test = await TestSupervisor.open();
    await expect(test.supervisor.apply(fakeSpec(forever, { runtime: 'containerd' }))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('gives every server a user of its own, never one that was another’s', async ({ skip }) => {
    skip(notRoot !== null, 'needs root to have users to give');
    const test = await TestSupervisor.open({ giveUsers: true });
    const uids = [];
    for (let index = 0; index < 3; index++) {
      const spec = fakeSpec(forever);
      await test.install(spec);
      uids.push(test.supervisor.get(spec.serverId).parts.file.record.uid);
      if (index === 1) await test.done(test.order(spec.serverId, 'remove'));
    }
    const [first] = uids as [number];
    expect(uids).toEqual([first, first + 1, first + 2]);
    expect(first).toBeGreaterThanOrEqual(700_000);
    expect(first).toBeLessThan(2 ** 31 - 10_000);
  });

  it('gets no user that another agent or program of this machine has', async ({ skip }) => {
    skip(notRoot !== null, 'needs root to have users to give');
    const userOf = async (test: TestSupervisor) => {
      const spec = fakeSpec(forever);
      await test.install(spec);
      return test.supervisor.get(spec.serverId).parts.file.record.uid as number;
    };
    const test = await TestSupervisor.open({ giveUsers: true });
    const users = [await userOf(test)];
    // By chance, so that two may be the same once in a long while.
    for (let agent = 0; agent < 2; agent++)
      users.push(await userOf(await TestSupervisor.open({ giveUsers: true })));
    expect(new Set(users).size).toBeGreaterThan(1);

    const [first] = users as [number];
    const stranger = spawn('sleep', ['60'], { uid: first + 1, cwd: '/' });
    onTestFinished(() => void stranger.kill());
    await once(stranger, 'spawn');
    expect(await userOf(test)).toBe(first + 2);
  });
});
