import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { OutboundAddresses } from './outbound-addresses.ts';

const strict = new OutboundAddresses([]);
const url = (host: string) => new URL(`http://${host}/`);

describe('addresses that strangers name', () => {
  it.each([
    '127.0.0.1',
    '127.8.9.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '198.18.0.1',
    '198.19.255.255',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '2130706433',
    '0x7f.1',
    '017700000001',
    '127.1',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:10.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[fd00::1]',
    '[fe80::1]',
    '[ff02::1]',
  ])('refuses %s', (host) => {
    expect(() => strict.requireAllowed(url(host))).toThrow(/public internet/);
  });

  it.each(['1.1.1.1', '172.15.0.1', '172.32.0.1', '[2606:4700::1111]', 'example.com'])(
    'lets %s pass',
    (host) => {
      strict.requireAllowed(url(host));
    },
  );

  it('lets pass what an admin allows, and only that', () => {
    const addresses = new OutboundAddresses(['192.168.7.0/24', 'fd00::/8']);
    addresses.requireAllowed(url('192.168.7.9'));
    addresses.requireAllowed(url('[fd00::9]'));
    expect(() => addresses.requireAllowed(url('192.168.8.9'))).toThrow();
    expect(() => addresses.requireAllowed(url('127.0.0.1'))).toThrow();
  });

  it('judges what a name answers', async () => {
    const look = (addresses: OutboundAddresses) => promisify(addresses.lookup)('localhost', { all: true });
    await expect(look(strict)).rejects.toThrow(/localhost is not on the public internet/);
    await expect(look(new OutboundAddresses(['127.0.0.0/8']))).resolves.toEqual([
      { address: '127.0.0.1', family: 4 },
    ]);
  });

  it.each(['10.0.0.0', 'example.com/8', '10.0.0.0/8/8', '10.0.0.0/99', ''])(
    'refuses %j as a network',
    (network) => {
      expect(() => new OutboundAddresses([network])).toThrow();
    },
  );
});
