import type { Enforcement } from './cgroup.ts';

const sentences: Record<keyof Enforcement, (reason: string) => string> = {
  memory: (reason) => `The memory limit is not enforced because ${reason}.`,
  swap: (reason) => `The limit of swap is not enforced because ${reason}.`,
  cpu: (reason) => `The CPU limit is not enforced because ${reason}.`,
  pids: (reason) => `The limit of processes is not enforced because ${reason}.`,
  cpuPinning: (reason) => `Servers cannot be pinned to cores because ${reason}.`,
  ioWeight: (reason) => `Servers have equal shares of the disks because ${reason}.`,
};

/** One sentence for each limit that does not hold here. */
export function enforcementNotes(enforces: Enforcement, reason: string): string[] {
  const missing = Object.entries(enforces).filter(([, holds]) => !holds);
  return missing.map(([limit]) => sentences[limit as keyof Enforcement](reason));
}
