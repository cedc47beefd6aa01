import { readFile } from 'node:fs/promises';
import type { LivePort } from '@catalyst/shared/features/live-ports-link';
import { type FoundSocket, portHolder, socketsOnPort } from '../node/port-holder.ts';
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
  return Promise.all(
    ports.map(async ({ name, ip, port, targetPort = port, protocol }) => {
      const found = tables?.[protocol].flatMap((table) =>
        socketsOnPort(table, isOwnNetwork ? targetPort : port, protocol === 'tcp'),
      );
      const here = found?.filter(({ address }) => isOwnNetwork || isAbout(address, ip)) ?? [];
      const base = { name, port, protocol, addresses: addressesOf(here), holder: null };
      if (!found) return { ...base, state: 'unknown' as const };
      if (here.length === 0) return { ...base, state: 'closed' as const };
      if (isOwnNetwork || (uid !== null && here.some((socket) => socket.uid === uid))) {
        return { ...base, state: 'listening' as const };
      }
      const holder = await portHolder({ port, protocol });
      const isOwn = pid !== null && holder !== null && (await isWithin(holder.pid, pid));
      if (isOwn) return { ...base, state: 'listening' as const };
      return { ...base, state: 'taken' as const, holder: holder?.text ?? null };
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
