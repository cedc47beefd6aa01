import { readFileSync } from 'node:fs';

export interface NetworkCounters {
  receivedBytes: number;
  sentBytes: number;
}

/** What the network of a process has carried; null when the process is gone. */
export function networkCounters(pid: number): NetworkCounters | null {
  try {
    return parseNetworkCounters(readFileSync(`/proc/${pid}/net/dev`, 'utf8'));
  } catch {
    return null;
  }
}

/** Reads `/proc/<pid>/net/dev`; what a server tells itself does not count. */
export function parseNetworkCounters(text: string): NetworkCounters {
  const total = { receivedBytes: 0, sentBytes: 0 };
  for (const line of text.split('\n').slice(2)) {
    const [name, values = ''] = line.split(':');
    if (!name || name.trim() === 'lo') continue;
    const numbers = values.trim().split(/\s+/).map(Number);
    total.receivedBytes += numbers[0] ?? 0;
    total.sentBytes += numbers[8] ?? 0;
  }
  return total;
}
