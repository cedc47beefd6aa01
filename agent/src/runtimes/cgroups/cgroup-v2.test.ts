import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Limits } from '@catalyst/shared/features/server-spec';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unknownUsage } from '../runtime.ts';
import { killCgroup } from './cgroup.ts';
import { openCgroups } from './open-cgroups.ts';

// A tree of plain files stands in for the kernel's: what is written and what is read is checked, not what it does.
describe('control groups, version 2', () => {
  let root: string;
  let directory: string;
  const limits = Limits.parse({ memoryMb: 100, swapMb: 20, cpuCores: 1.5, diskMb: 1, pids: 40 });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'catalyst-cgroup2-'));
    directory = join(root, 'catalyst-x', 'server.start');
    writeFileSync(join(root, 'cgroup.controllers'), 'cpuset cpu io memory hugetlb pids rdma\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function open() {
    const { tree } = openCgroups(root, 'catalyst-x');
    if (!tree) throw new Error('It was not recognised');
    return tree;
  }
  const control = (name: string) => readFileSync(join(directory, name), 'utf8');
  const kernelSays = (name: string, text: string) => writeFileSync(join(directory, name), text);

  test('is recognised, and its controllers are given to the servers', () => {
    const tree = open();
    expect(tree).toMatchObject({ version: 2, enforces: { memory: true, cpu: true, pids: true } });
    expect(readFileSync(join(root, 'catalyst-x', 'cgroup.subtree_control'), 'utf8')).toBe('+io');
  });

  test('says which limit the kernel does not offer', () => {
    writeFileSync(join(root, 'cgroup.controllers'), 'cpu pids\n');
    expect(open().enforces).toMatchObject({ memory: false, cpu: true, pids: true });
    open().group('server.start').create(limits);
    expect(existsSync(join(directory, 'memory.max'))).toBe(false);
  });

  test('is not used when it offers nothing', () => {
    writeFileSync(join(root, 'cgroup.controllers'), 'hugetlb\n');
    expect(openCgroups(root, 'catalyst-x').tree).toBeNull();
  });

  test('writes the limits and changes them', () => {
    const group = open().group('server.start');
    group.create(limits);
    expect(control('memory.max')).toBe(`${100 * 2 ** 20}`);
    expect(control('cpu.max')).toBe('150000 100000');
    expect(control('pids.max')).toBe('40');
    expect(existsSync(join(directory, 'memory.swap.max'))).toBe(false);
    expect(existsSync(join(directory, 'cpuset.cpus'))).toBe(false);
    kernelSays('memory.swap.max', 'max\n');
    group.setLimits({ ...limits, memoryMb: 50, swapMb: 0, cpuCores: 0.05 });
    expect(control('memory.max')).toBe(`${50 * 2 ** 20}`);
    expect(control('memory.swap.max')).toBe('0');
    expect(control('cpu.max')).toBe('5000 100000');
    expect(group.joinFiles).toEqual([join(directory, 'cgroup.procs')]);
  });

  test('pins to cores and weighs the disk where the kernel can', () => {
    mkdirSync(join(root, 'catalyst-x'));
    writeFileSync(join(root, 'catalyst-x', 'cpuset.cpus.effective'), '0-3\n');
    writeFileSync(join(root, 'catalyst-x', 'io.weight'), 'default 100\n');
    const tree = open();
    expect(tree).toMatchObject({ cores: '0-3', enforces: { cpuPinning: true, ioWeight: true } });
    const group = tree.group('server.start');
    group.create({ ...limits, cpuPinning: '1-2' });
    expect(control('cpuset.cpus')).toBe('1-2');
    kernelSays('io.weight', 'default 100\n');
    kernelSays('cpu.weight', '100\n');
    group.setLimits({ ...limits, ioWeight: 500 });
    expect(control('cpuset.cpus')).toBe('\n');
    expect(control('io.weight')).toBe('default 500');
    expect(control('cpu.weight')).toBe('150');
    kernelSays('io.bfq.weight', 'default 100\n');
    group.setLimits({ ...limits, ioWeight: 300 });
    expect(control('io.bfq.weight')).toBe('default 300');
    expect(() => group.setLimits({ ...limits, cpuPinning: '3-4' })).toThrow('has the cores 0-3');
  });

  test('reads the use', () => {
    const group = open().group('server.start');
    group.create(limits);
    expect(group.usage()).toEqual(unknownUsage);
    kernelSays('cpu.stat', 'usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n');
    kernelSays('memory.current', '8192000\n');
    kernelSays('memory.stat', 'anon 1\nfile 2\ninactive_anon 3\ninactive_file 192000\n');
    kernelSays('pids.current', '7\n');
    expect(group.usage()).toMatchObject({ cpuSeconds: 2.5, memoryBytes: 8_000_000, pids: 7 });
    kernelSays('io.stat', '8:0 rbytes=100 wbytes=7 rios=1 wios=1 dbytes=0 dios=0\n8:16 rbytes=11 wbytes=0\n');
    expect(group.usage()).toMatchObject({ diskReadBytes: 111, diskWrittenBytes: 7 });
    expect(group.oomKills()).toBe(0);
    kernelSays('memory.events', 'low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\noom_group_kill 0\n');
    expect(group.oomKills()).toBe(1);
  });

  test('kills by the kernel, which a fork bomb cannot outrun', async () => {
    const group = open().group('server.start');
    group.create(limits);
    kernelSays('cgroup.kill', '');
    kernelSays('cgroup.procs', '999999999\n');
    const killed = killCgroup(group);
    expect(control('cgroup.kill')).toBe('1');
    kernelSays('cgroup.procs', '');
    await killed;
  });

  test('forbids forks where the kernel cannot kill a group', () => {
    const group = open().group('server.start');
    group.create(limits);
    kernelSays('cgroup.procs', '999999999\n');
    group.killOnce();
    expect(control('pids.max')).toBe('0');
    expect(group.isEmpty()).toBe(false);
  });

  test('is empty and removed when it is not there', async () => {
    const group = open().group('never.made');
    expect(group.isEmpty()).toBe(true);
    await killCgroup(group);
    expect(await group.remove()).toBe(true);
  });
});

const realRoot = '/sys/fs/cgroup';
const reason = !existsSync(join(realRoot, 'cgroup.controllers'))
  ? 'this machine has control groups of version 1 (or none)'
  : process.getuid?.() !== 0
    ? 'the tests do not run as root'
    : null;
if (reason) console.info(`Skipped: real control groups of version 2, because ${reason}.`);

describe.skipIf(reason !== null)('control groups of version 2, real ones', () => {
  test('can be made, limited and removed', async () => {
    const prefix = `catalyst-test-${process.pid}`;
    const { tree } = openCgroups(realRoot, prefix);
    const group = tree?.group('server.start');
    group?.create(Limits.parse({ memoryMb: 64, cpuCores: 1, diskMb: 1, pids: 10 }));
    expect(readFileSync(join(realRoot, prefix, 'server.start', 'pids.max'), 'utf8')).toBe('10\n');
    expect(await group?.remove()).toBe(true);
    rmSync(join(realRoot, prefix), { recursive: true });
  });
});
