import { AppError } from '@catalyst/shared/contract/errors';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import { addressesMeet, isEveryAddress } from '@catalyst/shared/features/subnets';
import type { PortOffset } from '@catalyst/shared/features/template-ports';

/** One port of one protocol, on one address. */
export interface PortAddress {
  ip: string;
  port: number;
  protocol: 'tcp' | 'udp';
}

/** A port that a server shall have. */
export interface PortWish {
  name: string;
  ip: string;
  protocol: PortBinding['protocol'];
  /** This one or none; chosen when undefined. */
  port: number | undefined;
  /** The first that is tried when it is chosen. */
  preferred: number;
  targetPort: number | undefined;
  /** It goes wherever another of the wishes goes; its `port` is undefined when that one's is. */
  offset?: PortOffset | undefined;
  /** Of the field that asked for it. */
  path: string;
  alias: string | null;
  notes: string;
  isPrimary: boolean;
}

/** A port that was asked for and cannot be had. */
export class PortTaken extends AppError {
  readonly address: PortAddress;
  readonly wish: PortWish;

  constructor(address: PortAddress, wish: PortWish, holder: string) {
    const { path, offset, name } = wish;
    const whose = offset ? `, for "${name}",` : '';
    const message = `Port ${describePort(address)}${whose} is held by ${holder}`;
    super('port_taken', message, { issues: [{ path, message }] });
    this.address = address;
    this.wish = wish;
  }
}

export const portKey = ({ ip, port, protocol }: PortAddress) => `${ip} ${port}/${protocol}`;

/** A binding's ports one by one: `both` is two. */
export function addressesOf({ ip, port, protocol }: Omit<PortBinding, 'name'>): PortAddress[] {
  const protocols = protocol === 'both' ? (['tcp', 'udp'] as const) : [protocol];
  return protocols.map((each) => ({ ip, port, protocol: each }));
}

/** Whether only one program can have both. */
export function portsMeet(one: PortAddress, other: PortAddress): boolean {
  return one.port === other.port && one.protocol === other.protocol && addressesMeet(one.ip, other.ip);
}

export function describePort({ ip, port, protocol }: PortAddress): string {
  return isEveryAddress(ip) ? `${port}/${protocol}` : `${port}/${protocol} of ${ip}`;
}
