import { existsSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { fakeSpec } from '../testing/server-specs.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';

const forever = ['say ready', 'wait 60000'];

const command = (label: string, ...commands: string[]) => ({
  kind: 'run' as const,
  label,
  argv: ['fake', ...commands],
});
const file = (path: string, content = 'x') => ({ kind: 'write' as const, label: path, path, content });

describe('an installation', () => {
  it('writes files, runs commands in order, and tells each step', async () => {
    const test = await TestSupervisor.open();
    const steps = [file('config/game.ini', 'port=1\n'), command('Unpack', 'say unpacking', 'exit 0')];
    const spec = fakeSpec(forever, { install: { steps } });
    const id = await test.install(spec);
    expect(test.steps.map(({ step, totalSteps, label }) => `${step}/${totalSteps} ${label}`)).toEqual([
      '1/2 config/game.ini',
      '2/2 Unpack',
    ]);
    expect(await test.lines(id)).toEqual([
      'install: [1/2] config/game.ini',
      'install: [2/2] Unpack',
      'install: unpacking',
    ]);
    expect(existsSync(`${test.folder.server(id)}/config/game.ini`)).toBe(true);
    expect(test.state(id)).toBe('stopped');
  });

  it('fails with the last words of a step that fails, and can be tried again', async () => {
    const test = await TestSupervisor.open();
    const failing = command('Download', 'say 404 not found', 'exit 22');
    const spec = fakeSpec(['say ready'], { install: { steps: [failing] } });
    await test.supervisor.apply(spec);
    const id = spec.serverId;
    const { error } = await test.done(test.order(id, 'install'), 'unavailable');
    expect(error?.message).toContain('"Download" failed. It ended with exit code 22');
    expect(error?.message).toContain('404 not found');
    expect(test.supervisor.get(id).snapshot()).toMatchObject({ state: 'error', reason: 'install_failed' });
    await expect(test.order(id, 'start')).rejects.toMatchObject({ code: 'invalid_state' });
    await test.supervisor.apply({ ...spec, revision: 2, install: { ...spec.install, steps: [] } });
    await test.done(test.order(id, 'install'));
    await test.done(test.order(id, 'start'));
  });

  it('is ended when it takes too long', async () => {
    const test = await TestSupervisor.open();
    const endless = command('Wait', 'wait 600000');
    const spec = fakeSpec(forever, { install: { steps: [endless], timeoutSeconds: 10 } });
    await test.supervisor.apply({ ...spec, install: { ...spec.install, timeoutSeconds: 0.2 } });
    const { error } = await test.done(test.order(spec.serverId, 'install'), 'timeout');
    expect(error?.message).toContain('took longer than 0.2 s');
    expect(test.state(spec.serverId)).toBe('error');
  });

  it('is ended when it prints without end', async () => {
    const test = await TestSupervisor.open();
    const loud = command('Loud', 'flood 150000');
    const spec = fakeSpec(forever, { install: { steps: [loud] } });
    await test.supervisor.apply(spec);
    await test.done(test.order(spec.serverId, 'install'), 'limit_reached');
    expect(test.supervisor.get(spec.serverId).snapshot()).toMatchObject({
      state: 'error',
      reason: 'install_failed',
    });
  });

  it('is cancelled by a kill', async () => {
    const test = await TestSupervisor.open();
    const endless = command('Wait', 'say here', 'wait 600000');
    const spec = fakeSpec(forever, { install: { steps: [endless] } });
    await test.supervisor.apply(spec);
    const install = test.order(spec.serverId, 'install');
    await vi.waitFor(async () => expect(await test.lines(spec.serverId)).toContain('install: here'));
    await test.done(test.order(spec.serverId, 'kill'));
    await test.done(install, 'conflict');
    expect(test.supervisor.get(spec.serverId).snapshot()).toMatchObject({
      state: 'error',
      reason: 'install_cancelled',
    });
  });

  it('that leads out of the folder is refused', async () => {
    const test = await TestSupervisor.open();
    const outside = file('../escaped');
    const spec = fakeSpec(forever, { install: { steps: [outside] } });
    await test.supervisor.apply(spec);
    await test.done(test.order(spec.serverId, 'install'), 'bad_request');
    expect(existsSync(`${test.folder.servers}/escaped`)).toBe(false);
  });

  it('does not write more than the server may have', async () => {
    const test = await TestSupervisor.open();
    const big = (name: string) => file(name, 'x'.repeat(900_000));
    const spec = fakeSpec(forever, {
      limits: { memoryMb: 64, cpuCores: 1, diskMb: 2, pids: 64 },
      install: { steps: [big('one'), big('two'), big('three')] },
    });
    await test.supervisor.apply(spec);
    await test.done(test.order(spec.serverId, 'install'), 'quota_exceeded');
    expect(test.state(spec.serverId)).toBe('error');
  });

  it('hides secrets in what it prints and in its last words', async () => {
    const test = await TestSupervisor.open();
    const leak = command('Leak', 'say key is hunter22', 'exit 1');
    const spec = fakeSpec(forever, {
      environment: { LICENCE: 'hunter22' },
      secretNames: ['LICENCE'],
      install: { steps: [leak] },
    });
    await test.supervisor.apply(spec);
    const { error } = await test.done(test.order(spec.serverId, 'install'), 'unavailable');
    expect(error?.message).toContain('key is •••');
    expect(JSON.stringify([error, await test.lines(spec.serverId), test.logged])).not.toContain('hunter22');
  });
});
