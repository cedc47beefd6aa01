import { expect, it } from 'vitest';
import {
  addressesMeet,
  addressIssue,
  canonicalAddress,
  canonicalSubnet,
  firstFreeAddress,
  isInSubnet,
} from './subnets.ts';

it.each([
  ['192.168.1.7', '192.168.1.7'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ['::', '::'],
  ['256.1.1.1', null],
  ['192.168.1', null],
  ['fe80::1%eth0', null],
  ['1::2::3', null],
  ['example.org', null],
  ['', null],
])('writes %s as %s', (text, expected) => {
  expect(canonicalAddress(text)).toBe(expected);
});

it.each([
  ['192.168.1.77/24', '192.168.1.0/24'],
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['192.0.2.1/32', '192.0.2.1/32'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:db8::5/64', '2001:db8::/64'],
  ['2001:db8::5/129', null],
  ['192.168.1.0/33', null],
  ['192.168.1.0', null],
])('writes the subnet %s as %s', (text, expected) => {
  expect(canonicalSubnet(text)).toBe(expected);
});

it.each([
  ['192.168.1.7', '192.168.1.0/24', true],
  ['192.168.2.7', '192.168.1.0/24', false],
  ['192.168.2.7', '192.168.1.0/22', true],
  ['2001:db8::ffff', '2001:db8::/64', true],
  ['2001:db8:0:1::1', '2001:db8::/64', false],
  ['192.168.1.7', '::/0', false],
])('%s is in %s: %s', (address, subnet, expected) => {
  expect(isInSubnet(address, subnet)).toBe(expected);
});

it.each([
  ['192.168.1.7', null],
  ['192.168.1.1', 'is the gateway of 192.168.1.0/24'],
  ['192.168.1.0', 'is the name of 192.168.1.0/24 itself'],
  ['192.168.1.255', 'is the broadcast address of 192.168.1.0/24'],
  ['192.168.2.1', 'must be an address of 192.168.1.0/24'],
  ['nothing', 'must be an address of 192.168.1.0/24'],
])('says of %s in a home network: %s', (address, expected) => {
  expect(addressIssue(address, { subnet: '192.168.1.0/24', gateway: '192.168.1.1' })).toBe(expected);
});

it('has no name or broadcast address in networks of one or two', () => {
  expect(addressIssue('192.0.2.0', { subnet: '192.0.2.0/31', gateway: null })).toBeNull();
  expect(addressIssue('192.0.2.9', { subnet: '192.0.2.9/32', gateway: null })).toBeNull();
});

it.each([
  ['0.0.0.0', '192.0.2.1', true],
  ['::', '192.0.2.1', true],
  ['::', '2001:db8::1', true],
  ['0.0.0.0', '2001:db8::1', false],
  ['192.0.2.1', '192.0.2.2', false],
  ['2001:db8::1', '2001:DB8:0::1', true],
])('%s and %s hold the same ports: %s', (one, other, expected) => {
  expect(addressesMeet(one, other)).toBe(expected);
  expect(addressesMeet(other, one)).toBe(expected);
});

it('finds the first address that is free', () => {
  const home = { subnet: '192.168.1.0/24', gateway: '192.168.1.1' };
  expect(firstFreeAddress(home, ['192.168.1.2', '192.168.1.4'])).toBe('192.168.1.3');
  expect(firstFreeAddress({ subnet: '2001:db8::/64', gateway: null }, ['2001:DB8::1'])).toBe('2001:db8::2');
  expect(firstFreeAddress({ subnet: '192.0.2.0/30', gateway: null }, ['192.0.2.1', '192.0.2.2'])).toBeNull();
});
