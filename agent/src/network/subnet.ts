import { createHash } from 'node:crypto';

/** A block of IPv4 addresses; the first is its number. */
export interface Subnet {
  readonly first: number;
  readonly prefixLength: number;
}

/** Room for 4092 servers. */
const usualPrefixLength = 20;

/** Private addresses that homes and offices use least, before those they use more. */
const candidateRanges = ['10.128.0.0/9', '172.20.0.0/14', '10.0.0.0/9'].map(parseSubnet);

/** Rejects what is not written as `10.1.16.0/20`, or too small to hold a gateway and a server. */
export function parseSubnet(text: string): Subnet {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text);
  const prefixLength = Number(match?.[2]);
  const first = match ? toNumber(match[1] as string) : null;
  if (first === null || prefixLength > 32) throw new Error(`${text} is not a block of IPv4 addresses`);
  const start = first - (first % blockSize(prefixLength));
  return { first: start, prefixLength };
}

export function formatSubnet({ first, prefixLength }: Subnet): string {
  return `${toText(first)}/${prefixLength}`;
}

export function overlaps(one: Subnet, other: Subnet): boolean {
  return one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);
}

export function gatewayOf(subnet: Subnet): string {
  return addressAt(subnet, 1);
}

export function addressAt({ first }: Subnet, index: number): string {
  return toText(first + index);
}

/** Places a server can have: not the network's own, the gateway's or the broadcast address. */
export function serverPlaces(subnet: Subnet): { first: number; last: number } {
  return { first: 2, last: sizeOf(subnet) - 2 };
}

/** One that meets none of those in use; agents with other seeds look elsewhere first. Null when there is none left. */
export function chooseSubnet(inUse: readonly Subnet[], seed: string): Subnet | null {
  const random = createHash('sha256').update(seed).digest().readUInt32BE(0);
  for (const range of candidateRanges) {
    const step = blockSize(usualPrefixLength);
    const count = sizeOf(range) / step;
    for (let tried = 0; tried < count; tried++) {
      const candidate = {
        first: range.first + ((random + tried) % count) * step,
        prefixLength: usualPrefixLength,
      };
      if (!inUse.some((other) => overlaps(candidate, other))) return candidate;
    }
  }
  return null;
}

function sizeOf({ prefixLength }: Subnet): number {
  return blockSize(prefixLength);
}

function blockSize(prefixLength: number): number {
  return 2 ** (32 - prefixLength);
}

function toNumber(address: string): number | null {
  const bytes = address.split('.').map(Number);
  if (bytes.some((byte) => byte > 255)) return null;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
