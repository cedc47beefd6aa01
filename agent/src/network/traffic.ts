import { readFile } from 'node:fs/promises';

/** Since the network was made: it is kept over restarts of the server. */
export interface Traffic {
  receivedBytes: number;
  sentBytes: number;
}

/** As a process sees it: all of its interfaces but the loopback. Null when it is gone. */
export async function trafficOfProcess(pid: number): Promise<Traffic | null> {
  const text = await readFile(`/proc/${pid}/net/dev`, 'utf8').catch(() => null);
  if (text === null) return null;
  const sum = { receivedBytes: 0, sentBytes: 0 };
  for (const { name, received, sent } of parseLines(text.split('\n').slice(2))) {
    if (name === 'lo') continue;
    sum.receivedBytes += received;
    sum.sentBytes += sent;
  }
  return sum;
}

let reading: Promise<string> | null = null;

/** At the host's end of a cable, where what the server sends is received. Null when there is no such cable. */
export async function trafficOfCable(cable: string): Promise<Traffic | null> {
  // Those who ask at the same time share one look at what may be hundreds of interfaces.
  reading ??= readFile('/proc/net/dev', 'utf8').finally(() => {
    reading = null;
  });
  const line = (await reading).split('\n').find((one) => one.trimStart().startsWith(`${cable}:`));
  const [device] = line ? parseLines([line]) : [];
  return device ? { receivedBytes: device.sent, sentBytes: device.received } : null;
}

/** Lines are `name: received-bytes packets errs drop fifo frame compressed multicast sent-bytes …`. */
function parseLines(lines: string[]): { name: string; received: number; sent: number }[] {
  return lines
    .filter((line) => line.includes(':'))
    .map((line) => {
      const [name = '', numbers = ''] = line.split(':');
      const fields = numbers.trim().split(/\s+/).map(Number);
      return { name: name.trim(), received: fields[0] ?? 0, sent: fields[8] ?? 0 };
    });
}
