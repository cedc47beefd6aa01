import { readdir, readFile, readlink } from 'node:fs/promises';
import type { PortAddress } from './ports.ts';

/** In `/proc/net/tcp`; a UDP socket is always in state 07. */
const listening = '0A';

/** The program that holds a port, as `name (process 123)`; null where it cannot be seen. */
export async function portHolder({ port, protocol }: PortAddress): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  const tables = await Promise.all(
    [protocol, `${protocol}6`].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const inodes = new Set(tables.flatMap((table) => inodesOnPort(table, port, protocol === 'tcp')));
  if (inodes.size === 0) return null;
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (/^\d+$/.test(pid) && (await hasSocket(pid, inodes))) return `${await nameOf(pid)} (process ${pid})`;
  }
  return null;
}

/** Lines are `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`, addresses `HEX:PORT`. */
export function inodesOnPort(table: string, port: number, onlyListening: boolean): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && (!onlyListening || fields[3] === listening))
    .map((fields) => fields[9] as string)
    .filter((inode) => inode !== '0');
}

async function hasSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  for (const fd of await readdir(folder).catch(() => [])) {
    const target = await readlink(`${folder}/${fd}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

async function nameOf(pid: string): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program')).trim().slice(0, 60);
}
