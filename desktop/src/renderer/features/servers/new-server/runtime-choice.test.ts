import { expect, it } from 'vitest';
import { exampleNode } from '../../nodes/example-node.ts';
import { exampleTemplate } from './example-template.ts';
import { runtimeChoice } from './runtime-choice.ts';

const contained = { ...exampleTemplate, images: { Stable: 'example.org/game:1' } };
const enforces = { user: true, memory: true, cpu: true, pids: true };
const runtime = (name: 'process' | 'containerd', available = true, notes: string[] = []) => ({
  ...{ name, available, version: null, enforces, notes },
});
const nodeWith = (...runtimes: ReturnType<typeof runtime>[]) =>
  exampleNode({
    health: {
      ...{ cpuPercent: 1, memoryUsageMb: 1, memoryTotalMb: 1, diskUsageMb: 1, diskTotalMb: 1, cpuCores: 1 },
      ...{
        containerCount: 0,
        uptimeSeconds: 1,
        platform: 'linux',
        hostname: 'attic',
        runtimes,
        at: new Date(),
      },
    },
  });

it('is a container where the node has containerd and the game an image', () => {
  const choice = runtimeChoice(nodeWith(runtime('process'), runtime('containerd')), contained);
  expect(choice).toMatchObject({ usual: 'containerd', possible: ['containerd', 'process'] });
  expect(choice.why).toContain('attic has containerd, and the game has an image');
});

it.each([
  [[runtime('process'), runtime('containerd')], exampleTemplate, 'OpenTTD (stable) has no container image.'],
  [[runtime('process')], contained, 'Node attic has no containerd.'],
  [
    [runtime('process'), runtime('containerd', false, ['It is too old.'])],
    contained,
    'containerd on attic: It is too old.',
  ],
])('is a process else, and says why', (runtimes, template, why) => {
  expect(runtimeChoice(nodeWith(...runtimes), template)).toEqual({
    usual: 'process',
    possible: ['process'],
    why,
  });
});

it('is nothing when the game needs a container that the node cannot give', () => {
  const sealed = { ...contained, processRuntime: false };
  expect(runtimeChoice(nodeWith(runtime('process')), sealed)).toMatchObject({ usual: null, possible: [] });
});
