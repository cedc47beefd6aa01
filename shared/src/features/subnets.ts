/** An IP address as a number, with how many bits its kind has. */
interface AddressNumber {
  bits: 32 | 128;
  value: bigint;
}

interface Subnet extends AddressNumber {
  prefixLength: number;
}

/** How an address is written where it is compared; null when it is none. IPv6 has many spellings. */
export function canonicalAddress(text: string): string | null {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split('.').map(Number);
    return parts.every((part) => part <= 255) ? parts.join('.') : null;
  }
  if (!text.includes(':') || !/^[0-9a-fA-F:.]+$/.test(text)) return null;
  const url = `http://[${text}]`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : null;
}

/** Whether both would hold one port of a machine; `0.0.0.0` is every IPv4 address, and `::` takes those along. */
export function addressesMeet(one: string, other: string): boolean {
  const [a, b] = [canonicalAddress(one) ?? one, canonicalAddress(other) ?? other];
  if (a === b || a === '::' || b === '::') return true;
  return (a === '0.0.0.0' && !b.includes(':')) || (b === '0.0.0.0' && !a.includes(':'));
}

export const isEveryAddress = (ip: string) => ['0.0.0.0', '::'].includes(canonicalAddress(ip) ?? ip);

/** The subnet with the bits behind its prefix cleared, as `192.168.1.0/24`; null when it is none. */
export function canonicalSubnet(text: string): string | null {
  const subnet = parseSubnet(text);
  return subnet && `${writeAddress(firstOf(subnet))}/${subnet.prefixLength}`;
}

export function isInSubnet(address: string, subnet: string): boolean {
  const [one, all] = [parseAddress(address), parseSubnet(subnet)];
  if (!one || !all || one.bits !== all.bits) return false;
  const hostBits = BigInt(all.bits - all.prefixLength);
  return one.value >> hostBits === all.value >> hostBits;
}

/** Whether all of one subnet is in the other. */
export function isSubnetIn(inner: string, outer: string): boolean {
  const [one, all] = [parseSubnet(inner), parseSubnet(outer)];
  return (
    one !== null &&
    all !== null &&
    one.prefixLength >= all.prefixLength &&
    isInSubnet(addressPart(inner), outer)
  );
}

/** Addresses from one to another, both among them. */
export interface AddressRange {
  startIp: string;
  endIp: string;
}

/** How many addresses there are from one to the other; none when they are of two kinds or the wrong way round. */
export function countAddresses({ startIp, endIp }: AddressRange): bigint {
  const [start, end] = [parseAddress(startIp), parseAddress(endIp)];
  if (!start || !end || start.bits !== end.bits || start.value > end.value) return 0n;
  return end.value - start.value + 1n;
}

export const isInRange = (address: string, { startIp, endIp }: AddressRange) =>
  countAddresses({ startIp, endIp: address }) > 0n && countAddresses({ startIp: address, endIp }) > 0n;

export const rangesMeet = (one: AddressRange, other: AddressRange) =>
  isInRange(one.startIp, other) || isInRange(other.startIp, one);

/** The first and the last address that machines of the subnet can have; null when it is none. */
export function usableRange(subnet: string): AddressRange | null {
  const all = parseSubnet(subnet);
  if (!all) return null;
  const first = firstOf(all).value;
  const last = first + (1n << BigInt(all.bits - all.prefixLength)) - 1n;
  const isWhole = all.bits - all.prefixLength < 2;
  const write = (value: bigint) => writeAddress({ bits: all.bits, value });
  return {
    startIp: write(isWhole ? first : first + 1n),
    endIp: write(isWhole || all.bits === 128 ? last : last - 1n),
  };
}

/** The first address of the range that can be used, which is asked about one after the other; null when none can. */
export function firstUsable(
  { startIp, endIp }: AddressRange,
  isUsable: (address: string) => boolean,
): string | null {
  const start = parseAddress(startIp);
  const count = countAddresses({ startIp, endIp });
  if (!start) return null;
  for (let offset = 0n; offset < count; offset += 1n) {
    const address = writeAddress({ bits: start.bits, value: start.value + offset });
    if (isUsable(address)) return address;
  }
  return null;
}

/** Why a machine of the subnet cannot have this address, as the end of a sentence; null when it can. */
export function addressIssue(
  address: string,
  { subnet, gateway }: { subnet: string; gateway: string | null },
): string | null {
  const all = parseSubnet(subnet);
  const one = parseAddress(address);
  if (!one || !all || !isInSubnet(address, subnet)) return `must be an address of ${subnet}`;
  if (gateway !== null && canonicalAddress(gateway) === canonicalAddress(address)) {
    return `is the gateway of ${subnet}`;
  }
  const isWhole = all.bits - all.prefixLength < 2;
  const first = firstOf(all).value;
  const last = first + (1n << BigInt(all.bits - all.prefixLength)) - 1n;
  if (!isWhole && one.value === first) return `is the name of ${subnet} itself`;
  if (!isWhole && all.bits === 32 && one.value === last) return `is the broadcast address of ${subnet}`;
  return null;
}

/** The first address that is neither the gateway nor taken; null when none is left among the first thousands. */
export function firstFreeAddress(
  network: { subnet: string; gateway: string | null },
  taken: readonly string[],
): string | null {
  const all = parseSubnet(network.subnet);
  if (!all) return null;
  const used = new Set(taken.map((address) => canonicalAddress(address)));
  const { value: first } = firstOf(all);
  const size = 1n << BigInt(all.bits - all.prefixLength);
  for (let offset = 0n; offset < size && offset < 70_000n; offset += 1n) {
    const address = writeAddress({ bits: all.bits, value: first + offset });
    if (!used.has(address) && addressIssue(address, network) === null) return address;
  }
  return null;
}

function parseAddress(text: string): AddressNumber | null {
  const canonical = canonicalAddress(text);
  if (canonical === null) return null;
  if (!canonical.includes(':')) {
    const value = canonical.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
    return { bits: 32, value };
  }
  const [head = '', tail] = canonical.split('::');
  const groupsOf = (part: string) => part.split(':').filter(Boolean);
  const end = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array(8 - groupsOf(head).length - end.length).fill('0');
  const groups = tail === undefined ? groupsOf(head) : [...groupsOf(head), ...zeros, ...end];
  return { bits: 128, value: groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n) };
}

const addressPart = (subnet: string) => subnet.split('/')[0] ?? '';

function parseSubnet(text: string): Subnet | null {
  const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const parsed = parseAddress(address);
  const prefixLength = Number(prefix);
  return parsed && prefixLength <= parsed.bits ? { ...parsed, prefixLength } : null;
}

function firstOf({ bits, value, prefixLength }: Subnet): AddressNumber {
  const hostBits = BigInt(bits - prefixLength);
  return { bits, value: (value >> hostBits) << hostBits };
}

function writeAddress({ bits, value }: AddressNumber): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(16 * (7 - index))) & 0xffffn).toString(16),
  );
  return canonicalAddress(groups.join(':')) as string;
}
