import { expect, it } from 'vitest';
import { exampleNode } from './example-node.ts';
import { bestNode, freeMemoryMb } from './node-room.ts';

const health = {
  at: new Date(),
  cpuPercent: 1,
  memoryUsageMb: 1,
  memoryTotalMb: 8000.7,
  diskUsageMb: 1,
  diskTotalMb: 1,
  containerCount: 0,
  uptimeSeconds: 1,
  cpuCores: 4,
  platform: 'linux',
  hostname: 'attic',
  runtimes: [],
};

it('counts what is promised, not what is used', () => {
  expect(freeMemoryMb(exampleNode())).toBe(12_288);
  expect(freeMemoryMb(exampleNode({ maxMemoryMb: null, health }))).toBe(3904);
  expect(freeMemoryMb(exampleNode({ maxMemoryMb: null }))).toBeNull();
  expect(freeMemoryMb(exampleNode({ maxMemoryMb: 1000 }))).toBe(0);
});

it('chooses the emptiest node that is online', () => {
  const full = exampleNode({ name: 'full', allocatedMemoryMb: 16_000 });
  const empty = exampleNode({ name: 'empty', allocatedMemoryMb: 0 });
  const away = exampleNode({ name: 'away', allocatedMemoryMb: 0, status: 'offline' });
  expect(bestNode([away, full, empty])?.name).toBe('empty');
  expect(bestNode([away])).toBeUndefined();
});
