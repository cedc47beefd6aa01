import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from '@catalyst/shared/features/server-spec';
import { type Usage, unknownUsage } from '../runtime.ts';
import {
  type CgroupTree,
  cpuPeriodUs,
  cpuQuotaUs,
  cpuShares,
  type Enforcement,
  type ServerCgroup,
} from './cgroup.ts';
import {
  readControl,
  readKey,
  readNumber,
  readPids,
  readSum,
  refusedLimits,
  removeGroup,
  writeControl,
  writeOptionalControl,
} from './control-files.ts';
import { checkPinning } from './cpu-pinning.ts';
import { diskUsageOfProcesses } from './process-disk-usage.ts';

// One tree per controller; `pids` first, because its list of processes is the one that is killed.
const controllers = ['pids', 'memory', 'cpu', 'cpuacct', 'cpuset', 'blkio'] as const;
type Controller = (typeof controllers)[number];
type Directories = Partial<Record<Controller, string>>;

/** The newer scheduler's, and that of kernels before 5.0. */
const weightFiles = ['blkio.bfq.weight', 'blkio.weight'] as const;
const usualWeight = 100;

/** Null when not one controller can be written to. */
export function openCgroupV1(root: string, prefix: string): CgroupTree | null {
  const trees: Directories = {};
  for (const controller of controllers) {
    try {
      const parent = realpathSync(join(root, controller));
      const directory = join(parent, prefix);
      mkdirSync(directory, { recursive: true, mode: 0o755 });
      if (controller === 'cpuset') inheritCores(parent, directory);
      trees[controller] = directory;
    } catch {
      // Not mounted, read-only or not ours: this limit is reported as not enforced.
    }
  }
  if (!trees.pids && !trees.memory && !trees.cpu) return null;
  const cores = trees.cpuset ? readControl(trees.cpuset, 'cpuset.cpus').trim() : '';
  const enforces: Enforcement = {
    memory: !!trees.memory,
    swap: !!trees.memory && existsSync(join(trees.memory, 'memory.memsw.limit_in_bytes')),
    cpu: !!trees.cpu,
    pids: !!trees.pids,
    cpuPinning: cores !== '',
    ioWeight: !!trees.blkio && weightFile(trees.blkio) !== undefined,
  };
  return { version: 1, enforces, cores: cores || null, group: (name) => new CgroupV1(trees, name) };
}

class CgroupV1 implements ServerCgroup {
  readonly #directories: Directories = {};
  readonly #trees: Directories;

  constructor(trees: Directories, name: string) {
    this.#trees = trees;
    for (const controller of controllers) {
      const tree = trees[controller];
      if (tree) this.#directories[controller] = join(tree, name);
    }
  }

  get joinFiles(): string[] {
    return this.#all().map((directory) => join(directory, 'cgroup.procs'));
  }

  create(limits: Limits): void {
    try {
      for (const directory of this.#all()) mkdirSync(directory);
      const { cpuset } = this.#directories;
      // Nothing can join a group without cores and memory of its own.
      if (cpuset && this.#trees.cpuset) inheritCores(this.#trees.cpuset, cpuset);
    } catch (err) {
      throw refusedLimits(err);
    }
    this.setLimits(limits);
  }

  setLimits(limits: Limits): void {
    const { memory, cpu, pids, cpuset, blkio } = this.#directories;
    try {
      if (cpuset && this.#trees.cpuset) setCores(this.#trees.cpuset, cpuset, limits);
      if (memory) setMemory(memory, limits);
      if (cpu) {
        writeControl(cpu, 'cpu.cfs_period_us', cpuPeriodUs);
        writeControl(cpu, 'cpu.cfs_quota_us', cpuQuotaUs(limits.cpuCores));
        writeOptionalControl(cpu, 'cpu.shares', cpuShares(limits.cpuCores));
      }
      if (pids) writeControl(pids, 'pids.max', limits.pids);
      const weight = blkio && weightFile(blkio);
      if (blkio && weight) writeControl(blkio, weight, limits.ioWeight ?? usualWeight);
    } catch (err) {
      throw refusedLimits(err);
    }
  }

  usage(): Usage {
    const { memory, cpuacct, pids } = this.#directories;
    const nanoseconds = cpuacct ? readNumber(cpuacct, 'cpuacct.usage') : null;
    const charged = memory ? readNumber(memory, 'memory.usage_in_bytes') : null;
    // Files the kernel can drop at once are no use of the server's.
    const droppable = memory ? readKey(memory, 'memory.stat', 'total_inactive_file') : null;
    return {
      ...unknownUsage,
      cpuSeconds: nanoseconds === null ? null : nanoseconds / 1e9,
      memoryBytes: charged === null ? null : Math.max(0, charged - (droppable ?? 0)),
      pids: pids ? readNumber(pids, 'pids.current') : null,
      ...this.#diskUsage(),
    };
  }

  /** Newer kernels count by group only where a group is throttled; then what its processes tell of themselves is taken. */
  #diskUsage(): Pick<Usage, 'diskReadBytes' | 'diskWrittenBytes'> {
    const { blkio } = this.#directories;
    const diskReadBytes = blkio ? readSum(blkio, blockBytesFile, /^\d+:\d+ Read (\d+)$/gm) : null;
    if (!blkio || diskReadBytes === null) return diskUsageOfProcesses(this.#pids());
    return { diskReadBytes, diskWrittenBytes: readSum(blkio, blockBytesFile, /^\d+:\d+ Write (\d+)$/gm) };
  }

  oomKills(): number {
    const { memory } = this.#directories;
    return (memory && readKey(memory, 'memory.oom_control', 'oom_kill')) || 0;
  }

  isEmpty(): boolean {
    return this.#pids().length === 0;
  }

  killOnce(): void {
    const { pids } = this.#directories;
    // With no new process allowed, a fork bomb shrinks with every round.
    if (pids && existsSync(pids)) writeControl(pids, 'pids.max', 0);
    for (const pid of this.#pids()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone between the list and the signal.
      }
    }
  }

  async remove(): Promise<boolean> {
    const removed = await Promise.all(this.#all().map((directory) => removeGroup(directory)));
    return removed.every(Boolean);
  }

  #pids(): number[] {
    const first = this.#all()[0];
    return first ? readPids(first) : [];
  }

  /** `cpu` and `cpuacct` are often one and the same directory. */
  #all(): string[] {
    return [...new Set(Object.values(this.#directories))];
  }
}

const blockBytesFile = 'blkio.throttle.io_service_bytes';

function weightFile(directory: string): string | undefined {
  return weightFiles.find((file) => existsSync(join(directory, file)));
}

/** A new group has no cores and no memory until it is given some. */
function inheritCores(parent: string, directory: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (readControl(directory, file).trim() === '')
      writeControl(directory, file, readControl(parent, file).trim());
  }
}

function setCores(parent: string, directory: string, { cpuPinning }: Limits): void {
  const all = readControl(parent, 'cpuset.cpus').trim();
  checkPinning(cpuPinning, all);
  writeControl(directory, 'cpuset.cpus', cpuPinning ?? all);
}

/** Memory plus swap may never be below memory: which goes first depends on the direction. */
function setMemory(directory: string, limits: Limits): void {
  const memoryBytes = limits.memoryMb * 2 ** 20;
  const setLimit = () => writeControl(directory, 'memory.limit_in_bytes', memoryBytes);
  const setWithSwap = () =>
    writeOptionalControl(directory, 'memory.memsw.limit_in_bytes', memoryBytes + limits.swapMb * 2 ** 20);
  try {
    setLimit();
    setWithSwap();
  } catch {
    setWithSwap();
    setLimit();
  }
}
