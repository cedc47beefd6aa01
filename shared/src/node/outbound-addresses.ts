import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { AppError } from '../contract/errors.ts';

/** Of machines, private networks, other purposes and documentation: nothing the public internet answers on. */
const notPublicIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** All of IPv6 that is public lies in 2000::/3; of that, these carry IPv4 addresses inside or are not public. */
const publicIpv6 = '2000::/3';
const notPublicIpv6 = ['2001::/32', '2001:db8::/32', '2002::/16'];

/**
 * Which addresses may be connected to when a stranger says where: public ones, and the networks an admin allows. It
 * judges the very addresses that are connected to, so a name cannot answer one thing here and another thing later.
 */
export class OutboundAddresses {
  readonly #allowed: BlockList;
  readonly #notPublic = listOf([...notPublicIpv4, ...notPublicIpv6]);
  readonly #publicIpv6 = listOf([publicIpv6]);

  /** Throws when one of the networks is not written as `10.0.0.0/8` or `fd00::/8`. */
  constructor(allowedNetworks: readonly string[]) {
    this.#allowed = listOf(allowedNetworks);
  }

  allows(address: string): boolean {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) return false;
    if (this.#allowed.check(address, family)) return true;
    if (family === 'ipv6' && !this.#publicIpv6.check(address, family)) return false;
    return !this.#notPublic.check(address, family);
  }

  /** Node looks up only names, so addresses must be judged apart. Throws `invalid_input`. */
  requireAllowed(url: URL): void {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !this.allows(host)) throw refusal(host);
  }

  /** For the `lookup` of a connection: answers with the allowed addresses of a name only. */
  readonly lookup: LookupFunction = (name, options, answer) => {
    resolve(name, { ...options, all: true }, (error, found) => {
      if (error) return answer(error, '');
      const allowed = found.filter(({ address }) => this.allows(address));
      const [first] = allowed;
      if (!first) return answer(refusal(name), '');
      if (options.all) answer(null, allowed);
      else answer(null, first.address, first.family);
    });
  };
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', length = '', ...rest] = network.split('/');
    const family = isIP(address);
    if (family === 0 || !/^\d{1,3}$/.test(length) || rest.length > 0) {
      throw new Error(`"${network}" is not a network; write it as 192.168.0.0/16 or fd00::/8.`);
    }
    list.addSubnet(address, Number(length), family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function refusal(host: string): AppError {
  return new AppError(
    'invalid_input',
    `${host} is not on the public internet. An administrator can allow its network.`,
  );
}
