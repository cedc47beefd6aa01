import { createSocket } from 'node:dgram';
import { createServer, isIPv6 } from 'node:net';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import { portHolder } from './port-holder.ts';

type Protocol = 'tcp' | 'udp';

export interface PortAddress {
  ip: string;
  port: number;
  protocol: Protocol;
}

interface TakenPort extends PortAddress {
  /** The program that holds it, where the agent may see it. */
  holder: string | null;
}

/** Which of these somebody holds: found by binding them, as the game is about to. */
export async function takenPorts(ports: readonly PortAddress[]): Promise<TakenPort[]> {
  const taken: TakenPort[] = [];
  for (const address of ports) {
    if (await isFree(address)) continue;
    taken.push({ ...address, holder: (await portHolder(address))?.text ?? null });
  }
  return taken;
}

export function addressesOf(bindings: readonly PortBinding[]): PortAddress[] {
  return bindings.flatMap(({ ip, port, protocol }) =>
    (protocol === 'both' ? (['tcp', 'udp'] as const) : [protocol]).map((one) => ({
      ip,
      port,
      protocol: one,
    })),
  );
}

/** A port in TIME_WAIT is free; an address this machine does not have is for the game to complain about. */
function isFree({ ip, port, protocol }: PortAddress): Promise<boolean> {
  return protocol === 'tcp' ? isTcpFree(ip, port) : isUdpFree(ip, port);
}

function isTcpFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function isUdpFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(error.code !== 'EADDRINUSE');
    });
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
