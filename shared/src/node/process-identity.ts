import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Pids are used again; together with the start time one names a process for as long as the machine is up. */
export interface ProcessIdentity {
  pid: number;
  startTime: string;
}

export function identify(pid: number): ProcessIdentity | null {
  const startTime = startTimeOf(pid);
  return startTime === null ? null : { pid, startTime };
}

/** A zombie, whose parent has not asked for its exit code yet, counts as dead. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return startTimeOf(pid) === startTime;
}

/** Signals that very process; false when it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
}

/** The start time where the system does not tell any. */
export const unknownStart = 'unknown';

/** Changes with every boot of the machine; what ran before a change is dead. */
export function bootId(): string {
  if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  if (process.platform === 'darwin') return run('sysctl', ['-n', 'kern.bootsessionuuid']) ?? '';
  // Windows tells no such id; there a pid is enough, as a holder is also asked through its pipe.
  return '';
}

function startTimeOf(pid: number): string | null {
  if (process.platform === 'linux') return linuxStartTime(pid);
  if (process.platform === 'win32') return exists(pid) ? unknownStart : null;
  const [state, ...startTime] = run('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`])?.split(/\s+/) ?? [];
  return state && !state.startsWith('Z') ? startTime.join(' ') : null;
}

function linuxStartTime(pid: number): string | null {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return stat.state === 'Z' || stat.state === 'X' ? null : stat.startTime;
  } catch {
    return null;
  }
}

export interface ProcessStat {
  state: string;
  parentPid: number;
  session: number;
  cpuTicks: number;
  startTime: string;
}

/** Reads `/proc/<pid>/stat`; the second field is a name that may hold spaces and brackets. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => fields[number - 3] ?? '';
  return {
    state: field(3),
    parentPid: Number(field(4)),
    session: Number(field(6)),
    cpuTicks: Number(field(14)) + Number(field(15)),
    startTime: field(22),
  };
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Start times are the same whatever the language and time zone of who asks. */
export const plainEnvironment = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' };

function run(program: string, args: string[]): string | null {
  try {
    return execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: plainEnvironment,
    }).trim();
  } catch {
    return null;
  }
}
