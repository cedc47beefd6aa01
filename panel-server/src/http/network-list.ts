import { BlockList, isIP, isIPv6 } from 'node:net';
import { plainAddress } from './client-address.ts';

/** Says whether an address is in the list. */
export type NetworkList = (address: string) => boolean;

/** Addresses and networks (`192.0.2.0/24`) that are known to be valid; an empty list has everything in it. */
export function networkList(entries: readonly string[]): NetworkList {
  if (entries.length === 0) return () => true;
  const networks = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = familyOf(address);
    if (prefix === undefined) networks.addAddress(address, family);
    else networks.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && networks.check(plain, familyOf(plain));
  };
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
