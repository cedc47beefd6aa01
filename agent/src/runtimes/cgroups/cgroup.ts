import type { Limits } from '@catalyst/shared/features/server-spec';
import type { Usage } from '../runtime.ts';

/** The control group of one start of one server. Its files belong to root: what runs inside cannot leave. */
export interface ServerCgroup {
  /** A process that writes `0` to each of these files moves itself inside. */
  readonly joinFiles: readonly string[];
  /** Throws `unavailable` when the kernel refuses; `remove` cleans up what was made. */
  create(limits: Limits): void;
  /** Throws `invalid_input` for cores this machine lacks, `unavailable` when the kernel refuses. */
  setLimits(limits: Limits): void;
  usage(): Usage;
  /** How many processes the kernel has killed here because the memory limit was reached. */
  oomKills(): number;
  isEmpty(): boolean;
  /** Forbids new processes and sends SIGKILL to all there are; some may need another round. */
  killOnce(): void;
  /** Resolves to false when processes are still inside after a while. Idempotent. */
  remove(): Promise<boolean>;
}

/** Which limits hold here. */
export interface Enforcement {
  memory: boolean;
  swap: boolean;
  cpu: boolean;
  pids: boolean;
  cpuPinning: boolean;
  ioWeight: boolean;
}

/** The part of the control group file system that belongs to this agent. */
export interface CgroupTree {
  readonly version: 1 | 2;
  readonly enforces: Enforcement;
  /** The cores a server can be pinned to, as the kernel lists them; null where nothing can be pinned. */
  readonly cores: string | null;
  /** Names the group of a server; touches nothing. */
  group(name: string): ServerCgroup;
}

export const noEnforcement: Enforcement = {
  memory: false,
  swap: false,
  cpu: false,
  pids: false,
  cpuPinning: false,
  ioWeight: false,
};

export const cpuPeriodUs = 100_000;

export function cpuQuotaUs(cpuCores: number): number {
  return Math.max(1000, Math.round(cpuCores * cpuPeriodUs));
}

/** Who gets how much when all want more than there is: in the measure of version 1, where 1024 is usual. */
export function cpuShares(cpuCores: number): number {
  return Math.min(262_144, Math.max(2, Math.round(cpuCores * 1024)));
}

/** The same in the measure of version 2, where 100 is usual. */
export function cpuWeight(cpuCores: number): number {
  return Math.min(10_000, Math.max(1, Math.round(cpuCores * 100)));
}

/** Kills until nothing is left, however fast it forks; waits for as long as the kernel needs. */
export async function killCgroup(group: ServerCgroup): Promise<void> {
  for (let delayMs = 1; !group.isEmpty(); delayMs = Math.min(delayMs * 2, 50)) {
    group.killOnce();
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}
