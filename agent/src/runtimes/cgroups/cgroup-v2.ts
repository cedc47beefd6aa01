import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from '@catalyst/shared/features/server-spec';
import { type Usage, unknownUsage } from '../runtime.ts';
import { type CgroupTree, cpuPeriodUs, cpuQuotaUs, type ServerCgroup } from './cgroup.ts';
import {
  readKey,
  readNumber,
  readPids,
  refusedLimits,
  removeGroup,
  writeControl,
  writeOptionalControl,
} from './control-files.ts';

const wanted = ['memory', 'cpu', 'pids'] as const;
type Enforces = CgroupTree['enforces'];

/** Null when no group can be made here or not one controller can be given to it. */
export function openCgroupV2(root: string, prefix: string): CgroupTree | null {
  const directory = join(root, prefix);
  const enforces: Enforces = { memory: false, cpu: false, pids: false };
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    const offered = readFileSync(join(root, 'cgroup.controllers'), 'utf8').trim().split(' ');
    for (const controller of wanted.filter((name) => offered.includes(name))) {
      enforces[controller] = delegate(root, controller) && delegate(directory, controller);
    }
  } catch {
    return null;
  }
  if (!enforces.memory && !enforces.cpu && !enforces.pids) return null;
  return { version: 2, enforces, group: (name) => new CgroupV2(join(directory, name), enforces) };
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
  readonly #directory: string;
  readonly #enforces: Enforces;

  constructor(directory: string, enforces: Enforces) {
    this.#directory = directory;
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
    const { memory, cpu, pids } = this.#enforces;
    try {
      if (memory) {
        writeControl(this.#directory, 'memory.max', limits.memoryMb * 2 ** 20);
        writeOptionalControl(this.#directory, 'memory.swap.max', limits.swapMb * 2 ** 20);
      }
      if (cpu) writeControl(this.#directory, 'cpu.max', `${cpuQuotaUs(limits.cpuCores)} ${cpuPeriodUs}`);
      if (pids) writeControl(this.#directory, 'pids.max', limits.pids);
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
