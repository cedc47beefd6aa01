import { readFileSync } from 'node:fs';

export interface Memory {
  pssMb: number;
  privateMb: number;
  rssMb: number;
}

export function memoryOf(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) / 1024;
  return {
    pssMb: megabytes('Pss'),
    privateMb: megabytes('Private_Clean') + megabytes('Private_Dirty'),
    rssMb: megabytes('Rss'),
  };
}

/** Used so far by the process and by those of its children that have ended. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Linux counts in hundredths of a second on all machines we know.
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}
