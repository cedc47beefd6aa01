import type { Usage } from '../runtime.ts';
import { readKey } from './control-files.ts';

/** What processes have read from and written to disks; null when none of them may be asked. */
export function diskUsageOfProcesses(
  pids: readonly number[],
): Pick<Usage, 'diskReadBytes' | 'diskWrittenBytes'> {
  const sum = (key: string) =>
    pids.reduce<number | null>((total, pid) => {
      const bytes = readKey(`/proc/${pid}`, 'io', key);
      return bytes === null ? total : (total ?? 0) + bytes;
    }, null);
  return { diskReadBytes: sum('read_bytes:'), diskWrittenBytes: sum('write_bytes:') };
}
