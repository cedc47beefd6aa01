import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from '@catalyst/shared/features/server-spec';
import { type Usage, unknownUsage } from '../runtime.ts';
import {
  type CgroupTree,
  cpuPeriodUs,
  cpuQuotaUs,
  cpuWeight,
  type Enforcement,
  noEnforcement,
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

const wanted = ['memory', 'cpu', 'pids', 'cpuset', 'io'] as const;
type Controller = (typeof wanted)[number];

/** The scheduler's own weight wins over the general one, which needs a cost model to have an effect. */
const weightFiles = ['io.bfq.weight', 'io.weight'] as const;
const usualWeight = 100;

/** Null when no group can be made here or not one controller can be given to it. */
export function openCgroupV2(root: string, prefix: string): CgroupTree | null {
  const directory = join(root, prefix);
  const given = new Set<Controller>();
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    const offered = readFileSync(join(root, 'cgroup.controllers'), 'utf8').trim().split(' ');
    for (const controller of wanted.filter((name) => offered.includes(name))) {
      if (delegate(root, controller) && delegate(directory, controller)) given.add(controller);
    }
  } catch {
    return null;
  }
  const cores = given.has('cpuset') ? readControl(directory, 'cpuset.cpus.effective').trim() : '';
  const enforces: Enforcement = {
    ...noEnforcement,
    memory: given.has('memory'),
    swap: given.has('memory') && existsSync(join(directory, 'memory.swap.max')),
    cpu: given.has('cpu'),
    pids: given.has('pids'),
    cpuPinning: cores !== '',
    ioWeight: given.has('io') && weightFile(directory) !== undefined,
  };
  if (!enforces.memory && !enforces.cpu && !enforces.pids) return null;
  return {
    version: 2,
    enforces,
    cores: cores || null,
    group: (name) => new CgroupV2(directory, name, enforces),
  };
}

/** Gives a controller to the children of a group; the kernel refuses in a group that holds processes itself. */
function delegate(directory: string, controller: string): boolean {
  try {
    writeControl(directory, 'cgroup.subtree_control', `+${controller}`);
    return true;
  } catch {
    return false;
  }
}

class CgroupV2 implements ServerCgroup {
  readonly #parent: string;
  readonly #directory: string;
  readonly #enforces: Enforcement;

  constructor(parent: string, name: string, enforces: Enforcement) {
    this.#parent = parent;
    this.#directory = join(parent, name);
    this.#enforces = enforces;
  }

  get joinFiles(): string[] {
    return [join(this.#directory, 'cgroup.procs')];
  }

  create(limits: Limits): void {
    try {
      mkdirSync(this.#directory);
    } catch (err) {
      throw refusedLimits(err);
    }
    this.setLimits(limits);
  }

  setLimits(limits: Limits): void {
    const { memory, cpu, pids, cpuPinning, ioWeight } = this.#enforces;
    const directory = this.#directory;
    try {
      if (cpuPinning) {
        checkPinning(limits.cpuPinning, readControl(this.#parent, 'cpuset.cpus.effective').trim());
        // Without a list of its own, a group has the cores of its parent.
        writeControl(directory, 'cpuset.cpus', limits.cpuPinning ?? '\n');
      }
      if (memory) {
        writeControl(directory, 'memory.max', limits.memoryMb * 2 ** 20);
        writeOptionalControl(directory, 'memory.swap.max', limits.swapMb * 2 ** 20);
      }
      if (cpu) {
        writeControl(directory, 'cpu.max', `${cpuQuotaUs(limits.cpuCores)} ${cpuPeriodUs}`);
        writeOptionalControl(directory, 'cpu.weight', cpuWeight(limits.cpuCores));
      }
      if (pids) writeControl(directory, 'pids.max', limits.pids);
      const weight = ioWeight && weightFile(directory);
      if (weight) writeControl(directory, weight, `default ${limits.ioWeight ?? usualWeight}`);
    } catch (err) {
      throw refusedLimits(err);
    }
  }

  usage(): Usage {
    const microseconds = readKey(this.#directory, 'cpu.stat', 'usage_usec');
    const charged = readNumber(this.#directory, 'memory.current');
    const droppable = readKey(this.#directory, 'memory.stat', 'inactive_file');
    return {
      ...unknownUsage,
      cpuSeconds: microseconds === null ? null : microseconds / 1e6,
      memoryBytes: charged === null ? null : Math.max(0, charged - (droppable ?? 0)),
      pids: readNumber(this.#directory, 'pids.current'),
      diskReadBytes: readSum(this.#directory, 'io.stat', /\brbytes=(\d+)/g),
      diskWrittenBytes: readSum(this.#directory, 'io.stat', /\bwbytes=(\d+)/g),
    };
  }

  oomKills(): number {
    return readKey(this.#directory, 'memory.events', 'oom_kill') ?? 0;
  }

  isEmpty(): boolean {
    return readPids(this.#directory).length === 0;
  }

  killOnce(): void {
    if (existsSync(join(this.#directory, 'cgroup.kill'))) {
      writeControl(this.#directory, 'cgroup.kill', 1);
      return;
    }
    // Kernels before 5.14. With no new process allowed, a fork bomb shrinks with every round.
    writeOptionalControl(this.#directory, 'pids.max', 0);
    for (const pid of readPids(this.#directory)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone between the list and the signal.
      }
    }
  }

  remove(): Promise<boolean> {
    return removeGroup(this.#directory);
  }
}

function weightFile(directory: string): string | undefined {
  return weightFiles.find((file) => existsSync(join(directory, file)));
}
