import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Limits } from '@catalyst/shared/features/server-spec';
import { expect, test } from 'vitest';
import { giveBackCgroups, openCgroups } from './open-cgroups.ts';

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

test('pins to cores, weighs and counts the disk where the kernel does', () => {
  const root = mkdtempSync(join(tmpdir(), 'catalyst-cgroup1-'));
  for (const name of ['pids', 'cpuset', 'blkio'])
    mkdirSync(join(root, name, 'x', 'server.start'), { recursive: true });
  writeFileSync(join(root, 'cpuset', 'cpuset.cpus'), '0-3\n');
  writeFileSync(join(root, 'cpuset', 'cpuset.mems'), '0\n');
  const cpuset = join(root, 'cpuset', 'x', 'server.start');
  const blkio = join(root, 'blkio', 'x', 'server.start');
  const read = (directory: string, file: string) => readFileSync(join(directory, file), 'utf8');
  for (const directory of [join(root, 'blkio', 'x'), blkio])
    writeFileSync(join(directory, 'blkio.bfq.weight'), '100');
  const { tree } = openCgroups(root, 'x');
  expect(tree).toMatchObject({ cores: '0-3', enforces: { cpuPinning: true, ioWeight: true, memory: false } });
  const group = tree?.group('server.start');
  const limits = Limits.parse({ memoryMb: 64, cpuCores: 1, diskMb: 1, pids: 10 });
  group?.setLimits({ ...limits, cpuPinning: '1,3', ioWeight: 700 });
  expect(read(cpuset, 'cpuset.cpus')).toBe('1,3');
  expect(read(blkio, 'blkio.bfq.weight')).toBe('700');
  expect(() => group?.setLimits({ ...limits, cpuPinning: '4' })).toThrow('this machine has the cores 0-3');
  group?.setLimits(limits);
  expect(read(cpuset, 'cpuset.cpus')).toBe('0-3');
  expect(read(blkio, 'blkio.bfq.weight')).toBe('100');
  writeFileSync(
    join(blkio, 'blkio.throttle.io_service_bytes'),
    '8:0 Read 100\n8:0 Write 7\n8:0 Total 107\n8:16 Read 11\n8:16 Write 0\nTotal 118\n',
  );
  expect(group?.usage()).toMatchObject({ diskReadBytes: 111, diskWrittenBytes: 7 });
  rmSync(root, { recursive: true });
});

test('says which controller is missing', () => {
  const root = mkdtempSync(join(tmpdir(), 'catalyst-cgroup1-'));
  mkdirSync(join(root, 'memory'));
  expect(openCgroups(root, 'x').tree?.enforces).toMatchObject({ memory: true, cpu: false, pids: false });
  rmSync(root, { recursive: true });
});

test('are given back when no server is in them', async () => {
  const root = mkdtempSync(join(tmpdir(), 'catalyst-cgroup1-'));
  for (const name of ['memory', 'pids', 'devices/x']) mkdirSync(join(root, name), { recursive: true });
  openCgroups(root, 'x');
  const server = join(root, 'memory', 'x', 'server.start');
  mkdirSync(server);
  await giveBackCgroups(root, 'x');
  expect(existsSync(server)).toBe(true);
  rmSync(server, { recursive: true });
  await giveBackCgroups(root, 'x');
  for (const name of ['memory', 'pids', 'devices']) expect(existsSync(join(root, name, 'x'))).toBe(false);
  await giveBackCgroups('/nowhere', 'x');
  rmSync(root, { recursive: true });
});
