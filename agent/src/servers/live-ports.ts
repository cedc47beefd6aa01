import { readFile } from 'node:fs/promises';
import type { LivePort } from '@catalyst/shared/features/live-ports-link';
import { type FoundSocket, socketHolders, socketsOnPort } from '../node/port-holder.ts';
import type { GameServer } from './game-server.ts';

/** What is at the ports of a server now, as the kernel has it. */
export async function livePorts({ parts, running }: GameServer): Promise<LivePort[]> {
  const { spec, uid } = parts.file.record;
  const isOwnNetwork = spec.network.mode !== 'host';
  const pid = running?.pid ?? null;
  const tables = isOwnNetwork && pid === null ? noTables : await readTables(isOwnNetwork ? `${pid}` : 'self');
  const ports = spec.ports.flatMap((binding) =>
    (binding.protocol === 'both' ? (['tcp', 'udp'] as const) : [binding.protocol]).map((protocol) => ({
      ...binding,
      protocol,
    })),
  );
  const looked = ports.map((binding) => {
    const { ip, port, targetPort = port, protocol } = binding;
    const found = tables?.[protocol].flatMap((table) =>
      socketsOnPort(table, isOwnNetwork ? targetPort : port, protocol === 'tcp'),
    );
    const here = found?.filter(({ address }) => isOwnNetwork || isAbout(address, ip)) ?? [];
    const isSurelyOwn = isOwnNetwork || (uid !== null && here.some((socket) => socket.uid === uid));
    return { binding, isKnown: found !== undefined, here, isSurelyOwn };
  });
  const holders = await socketHolders(looked.flatMap(({ here, isSurelyOwn }) => (isSurelyOwn ? [] : here)));
  return Promise.all(
    looked.map(async ({ binding: { name, port, protocol }, isKnown, here, isSurelyOwn }) => {
      const base = { name, port, protocol, addresses: addressesOf(here), holder: null };
      if (!isKnown) return { ...base, state: 'unknown' as const };
      if (here.length === 0) return { ...base, state: 'closed' as const };
      if (isSurelyOwn) return { ...base, state: 'listening' as const };
      const theirs = here.flatMap(({ inode }) => holders.get(inode) ?? []);
      const areOwn = pid === null ? [] : await Promise.all(theirs.map((holder) => isWithin(holder.pid, pid)));
      if (areOwn.includes(true)) return { ...base, state: 'listening' as const };
      return { ...base, state: 'taken' as const, holder: theirs[0]?.text ?? null };
    }),
  );
}

type Tables = Record<'tcp' | 'udp', string[]>;
const noTables: Tables = { tcp: [], udp: [] };

/** As the process sees its network; null where there is no such thing. */
async function readTables(process: string): Promise<Tables | null> {
  const read = (name: string) => readFile(`/proc/${process}/net/${name}`, 'utf8').catch(() => null);
  const [tcp, tcp6, udp, udp6] = await Promise.all(['tcp', 'tcp6', 'udp', 'udp6'].map(read));
  if (tcp == null || udp == null) return null;
  return { tcp: [tcp, tcp6 ?? ''], udp: [udp, udp6 ?? ''] };
}

/** Whether a socket of this address stands at, or in the way of, a port of that one. */
function isAbout(address: string, ip: string): boolean {
  return isEvery(address) || isEvery(ip) || address === ip;
}

const isEvery = (address: string) => address === '0.0.0.0' || address === '::';
const addressesOf = (sockets: readonly FoundSocket[]) =>
  [...new Set(sockets.map(({ address }) => address))].slice(0, 20);

/** Whether it is the process, or one that it started. */
async function isWithin(pid: number, ancestor: number): Promise<boolean> {
  for (let current = pid; current > 1; ) {
    if (current === ancestor) return true;
    const stat = await readFile(`/proc/${current}/stat`, 'utf8').catch(() => '');
    // Behind the name, which may hold anything: state, then parent.
    current = Number(/.*\) \S (\d+)/s.exec(stat)?.[1] ?? 0);
  }
  return false;
}
