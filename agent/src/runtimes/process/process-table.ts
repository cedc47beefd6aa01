import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { type ProcessIdentity, parseStat, plainEnvironment } from '@catalyst/shared/node/process-identity';

/** One living process of the machine. */
export interface ProcessEntry extends ProcessIdentity {
  parentPid: number;
  session: number;
  uid: number;
  cpuSeconds: number;
  memoryBytes: number;
}

export function listProcesses(): ProcessEntry[] {
  if (process.platform === 'linux') return listLinux();
  const columns = 'pid=,ppid=,pgid=,uid=,stat=,rss=,time=,lstart=';
  return parsePs(
    execFileSync('ps', ['-axo', columns], { encoding: 'utf8', maxBuffer: 2 ** 24, env: plainEnvironment }),
  );
}

// The kernel counts in hundredths of a second on every architecture Node runs on.
const ticksPerSecond = 100;

function listLinux(): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = parseStat(readFileSync(`/proc/${name}/stat`, 'utf8'));
      if (stat.state === 'Z' || stat.state === 'X') continue;
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      entries.push({
        pid: Number(name),
        parentPid: stat.parentPid,
        session: stat.session,
        startTime: stat.startTime,
        cpuSeconds: stat.cpuTicks / ticksPerSecond,
        uid: Number(/^Uid:\s+(\d+)/m.exec(status)?.[1] ?? -1),
        memoryBytes: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024,
      });
    } catch {
      // Ended while we looked.
    }
  }
  return entries;
}

/** Reads the answer of `ps` on macOS, which does not tell the session: the process group has to do. */
export function parsePs(text: string): ProcessEntry[] {
  return text.split('\n').flatMap((line) => {
    const [pid, parentPid, session, uid, state, kilobytes, time, ...startTime] = line.trim().split(/\s+/);
    if (!time || state?.startsWith('Z')) return [];
    return {
      pid: Number(pid),
      parentPid: Number(parentPid),
      session: Number(session),
      uid: Number(uid),
      startTime: startTime.join(' '),
      cpuSeconds: time.split(':').reduce((total, part) => total * 60 + Number(part), 0),
      memoryBytes: Number(kilobytes) * 1024,
    };
  });
}
