import { AppError } from '@catalyst/shared/contract/errors';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import type { Template } from '@catalyst/shared/features/templates';

export interface PortRange {
  from: number;
  to: number;
}

type TransportPort = { port: number; protocol: 'tcp' | 'udp' };

export const portKey = ({ port, protocol }: TransportPort) => `${port}/${protocol}`;

/** A binding's ports one by one: `both` is two. */
export function transportPorts({ port, protocol }: Pick<PortBinding, 'port' | 'protocol'>): TransportPort[] {
  const protocols = protocol === 'both' ? (['tcp', 'udp'] as const) : [protocol];
  return protocols.map((each) => ({ port, protocol: each }));
}

/**
 * Gives each of a template's ports a free number: the asked one for the first, else the preferred one, else the next
 * that is free. Throws `port_taken` for an asked one, `no_free_port` when the range is used up.
 */
export function choosePorts(
  ports: Template['ports'],
  { range, isTaken, asked }: { range: PortRange; isTaken: (key: string) => boolean; asked?: number },
): PortBinding[] {
  const chosen = new Set<string>();
  const isFree = (port: number, protocol: PortBinding['protocol']) =>
    transportPorts({ port, protocol }).every((one) => !isTaken(portKey(one)) && !chosen.has(portKey(one)));
  return ports.map(({ name, protocol, preferred }, position) => {
    const isAsked = position === 0 && asked !== undefined;
    const port = isAsked ? asked : firstFree(preferred, range, (number) => isFree(number, protocol));
    if (port === null) throw new AppError('no_free_port', 'The node has no free port left');
    if (isAsked && !isFree(port, protocol)) throw new AppError('port_taken', `Port ${port} is taken`);
    for (const one of transportPorts({ port, protocol })) chosen.add(portKey(one));
    return { name, ip: '0.0.0.0', port, protocol };
  });
}

function firstFree(preferred: number, { from, to }: PortRange, isFree: (port: number) => boolean) {
  const start = preferred >= from && preferred <= to ? preferred : from;
  for (let port = start; port <= to; port += 1) if (isFree(port)) return port;
  for (let port = from; port < start; port += 1) if (isFree(port)) return port;
  return null;
}
