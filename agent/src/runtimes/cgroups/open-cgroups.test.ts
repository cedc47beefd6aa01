import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Limits } from '@catalyst/shared/features/server-spec';
import { expect, test } from 'vitest';
import { openCgroups } from './open-cgroups.ts';

test('says why there are none', () => {
  expect(openCgroups('/nowhere', 'x')).toEqual({ tree: null, reason: 'this system has no control groups' });
});

test('joins a tree that two controllers share once', () => {
  const root = mkdtempSync(join(tmpdir(), 'catalyst-cgroup1-'));
  for (const name of ['cpu,cpuacct', 'memory', 'pids']) mkdirSync(join(root, name));
  symlinkSync('cpu,cpuacct', join(root, 'cpu'));
  symlinkSync('cpu,cpuacct', join(root, 'cpuacct'));
  const { tree } = openCgroups(root, 'catalyst-x');
  expect(tree).toMatchObject({ version: 1, enforces: { memory: true, cpu: true, pids: true } });
  const group = tree?.group('server.start');
  group?.create(Limits.parse({ memoryMb: 64, cpuCores: 0.5, diskMb: 1, pids: 10 }));
  expect(group?.joinFiles).toHaveLength(3);
  const shared = join(root, 'cpu,cpuacct', 'catalyst-x', 'server.start');
  expect(readFileSync(join(shared, 'cpu.cfs_quota_us'), 'utf8')).toBe('50000');
  rmSync(root, { recursive: true });
});

test('says which controller is missing', () => {
  const root = mkdtempSync(join(tmpdir(), 'catalyst-cgroup1-'));
  mkdirSync(join(root, 'memory'));
  expect(openCgroups(root, 'x').tree?.enforces).toEqual({ memory: true, cpu: false, pids: false });
  rmSync(root, { recursive: true });
});
