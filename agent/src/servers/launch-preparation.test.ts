import { AppError } from '@catalyst/shared/contract/errors';
import { describe, expect, it } from 'vitest';
import type { FakeRuntime } from '../runtimes/fake-runtime.ts';
import { RuntimeUnavailable } from '../runtimes/runtime.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';
import { describeProgress } from './launch-preparation.ts';

const image = 'registry.example/games/one:latest';

describe('an image that is not on the node', () => {
  it('is fetched before the start, once, and the console says so', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(['say ready'], { image }));
    await test.done(test.order(id, 'restart'));
    const lines = await test.lines(id);
    expect(lines.filter((line) => line.includes('Downloading'))).toEqual([
      `system: Downloading ${image}: 0 of 1 MB`,
    ]);
    expect(lines.indexOf('stdout: ready')).toBeGreaterThan(0);
  });

  it('is the reason why a server does not start, when it cannot be had', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say ready'], { image }));
    const runtime = test.runtime as FakeRuntime;
    runtime.refusePulls(new AppError('unavailable', 'The registry wants a login.'));
    await test.done(test.order(id, 'start'), 'unavailable');
    expect(test.supervisor.get(id).snapshot()).toMatchObject({
      state: 'crashed',
      reason: 'image_pull_failed',
      reasonText: 'The registry wants a login.',
    });
    runtime.refusePulls(new RuntimeUnavailable('containerd is not running.'));
    await test.done(test.order(id, 'start'), 'unavailable');
    expect(test.supervisor.get(id).snapshot()).toMatchObject({ reason: 'runtime_unavailable' });
    runtime.refusePulls(null);
    await test.done(test.order(id, 'start'));
  });

  it('is fetched for an installation, too, as a part of its step', async () => {
    const test = await TestSupervisor.open();
    const steps = [{ kind: 'run' as const, label: 'Unpack', argv: ['fake', 'exit 0'] }];
    const spec = fakeSpec(['say ready'], { install: { steps, image } });
    const runtime = test.runtime as FakeRuntime;
    runtime.refusePulls(new AppError('invalid_input', 'There is no such image.'));
    await test.supervisor.apply(spec);
    await test.done(test.order(spec.serverId, 'install'), 'invalid_input');
    expect(test.supervisor.get(spec.serverId).snapshot()).toMatchObject({
      state: 'error',
      reason: 'image_pull_failed',
    });
    runtime.refusePulls(null);
    await test.done(test.order(spec.serverId, 'install'));
    expect(test.steps).toContainEqual({
      serverId: spec.serverId,
      step: 1,
      totalSteps: 1,
      label: `Downloading ${image}: 0 of 1 MB`,
    });
  });
});

it('tells progress in megabytes, and nothing of it while the whole is not known', () => {
  const text = 'Downloading x';
  expect(describeProgress({ text, doneBytes: 12_340_000, totalBytes: 80_000_000 })).toBe(
    'Downloading x: 12.3 of 80 MB',
  );
  expect(describeProgress({ text, doneBytes: 0, totalBytes: null })).toBe('Downloading x …');
});
