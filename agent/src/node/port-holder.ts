import { readdir, readFile, readlink } from 'node:fs/promises';
import { canonicalAddress } from '@catalyst/shared/features/subnets';
import type { PortAddress } from './ports.ts';

/** In `/proc/net/tcp`; a UDP socket is always in state 07. */
const listening = '0A';

interface PortHolder {
  pid: number;
  /** As `name (process 123)`. */
  text: string;
}

export interface FoundSocket {
  /** That it is bound to. */
  address: string;
  inode: string;
  /** Of the user that made it. */
  uid: number;
}

/** The program that holds a port; null where it cannot be seen. */
export async function portHolder({
  port,
  protocol,
}: Pick<PortAddress, 'port' | 'protocol'>): Promise<PortHolder | null> {
  if (process.platform !== 'linux') return null;
  const tables = await Promise.all(
    [protocol, `${protocol}6`].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const sockets = tables.flatMap((table) => socketsOnPort(table, port, protocol === 'tcp'));
  const [holder = null] = (await socketHolders(sockets)).values();
  return holder;
}

/** By inode, the programs that hold these sockets. Looks once through all that runs, which takes long on a full machine. */
export async function socketHolders(
  sockets: readonly Pick<FoundSocket, 'inode'>[],
): Promise<Map<string, PortHolder>> {
  const holders = new Map<string, PortHolder>();
  const sought = new Set(sockets.map(({ inode }) => inode));
  if (sought.size === 0) return holders;
  for (const pid of await readdir('/proc').catch(() => [])) {
    const held = /^\d+$/.test(pid) ? await socketsOf(pid, sought) : [];
    if (held.length === 0) continue;
    const holder = { pid: Number(pid), text: `${await nameOf(pid)} (process ${pid})` };
    for (const inode of held) {
      holders.set(inode, holder);
      sought.delete(inode);
    }
    if (sought.size === 0) break;
  }
  return holders;
}

/** Lines are `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`, addresses `HEX:PORT`. */
export function socketsOnPort(table: string, port: number, onlyListening: boolean): FoundSocket[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && (!onlyListening || fields[3] === listening))
    .map(([, local = '', , , , , , uid, , inode = '']) => ({
      address: toAddress(local.slice(0, -suffix.length)),
      inode,
      uid: Number(uid),
    }))
    .filter(({ inode }) => inode !== '0');
}

/** Words of 32 bits, each with its last byte first. */
function toAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  return canonicalAddress(groups.join(':')) ?? '::';
}

async function socketsOf(pid: string, sought: ReadonlySet<string>): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const held: string[] = [];
  for (const fd of await readdir(folder).catch(() => [])) {
    const target = await readlink(`${folder}/${fd}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && sought.has(inode)) held.push(inode);
  }
  return held;
}

async function nameOf(pid: string): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program')).trim().slice(0, 60);
}
