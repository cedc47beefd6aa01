import { describe, expect, it } from 'vitest';
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

  it('gives every server a user of its own, never one that was another’s', async () => {
    const test = await TestSupervisor.open({ giveUsers: process.getuid?.() === 0 });
    if (process.getuid?.() !== 0) return expect(process.getuid?.()).not.toBe(0);
    const uids = [];
    for (let index = 0; index < 3; index++) {
      const spec = fakeSpec(forever);
      await test.install(spec);
      uids.push(test.supervisor.get(spec.serverId).parts.file.record.uid);
      if (index === 1) await test.done(test.order(spec.serverId, 'remove'));
    }
    expect(uids).toEqual([700_000, 700_001, 700_002]);
  });
});
