import { expect, it } from 'vitest';
import {
  addressesMeet,
  addressIssue,
  canonicalAddress,
  canonicalSubnet,
  countAddresses,
  firstFreeAddress,
  firstUsable,
  isInSubnet,
  isSubnetIn,
  rangesMeet,
  usableRange,
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

it.each([
  ['10.0.1.0/24', '10.0.0.0/16', true],
  ['10.0.0.0/16', '10.0.0.0/16', true],
  ['10.0.0.0/8', '10.0.0.0/16', false],
  ['10.1.0.0/24', '10.0.0.0/16', false],
  ['2001:db8::/64', '2001:db8::/48', true],
  ['10.0.1.0/24', '2001:db8::/48', false],
])('knows whether %s is in %s', (inner, outer, expected) => {
  expect(isSubnetIn(inner, outer)).toBe(expected);
});

it.each([
  ['10.0.0.0/30', '10.0.0.1', '10.0.0.2', 2n],
  ['10.0.0.0/31', '10.0.0.0', '10.0.0.1', 2n],
  ['10.0.0.7/32', '10.0.0.7', '10.0.0.7', 1n],
  ['2001:db8::/64', '2001:db8::1', '2001:db8::ffff:ffff:ffff:ffff', 2n ** 64n - 1n],
])('knows what of %s machines can have', (subnet, startIp, endIp, count) => {
  expect(usableRange(subnet)).toEqual({ startIp, endIp });
  expect(countAddresses({ startIp, endIp })).toBe(count);
});

it('counts nothing from one kind to the other, or backwards', () => {
  expect(countAddresses({ startIp: '10.0.0.2', endIp: '10.0.0.1' })).toBe(0n);
  expect(countAddresses({ startIp: '10.0.0.2', endIp: '2001:db8::1' })).toBe(0n);
});

it('knows which ranges have an address in common', () => {
  const range = (startIp: string, endIp: string) => ({ startIp, endIp });
  const middle = range('10.0.0.10', '10.0.0.20');
  expect(rangesMeet(middle, range('10.0.0.20', '10.0.0.30'))).toBe(true);
  expect(rangesMeet(middle, range('10.0.0.1', '10.0.0.99'))).toBe(true);
  expect(rangesMeet(middle, range('10.0.0.21', '10.0.0.30'))).toBe(false);
  expect(rangesMeet(middle, range('::1', '::ffff'))).toBe(false);
});

it('finds the first usable address of a range too large to be listed', () => {
  const range = { startIp: '2001:db8::1', endIp: '2001:db8::ffff:ffff:ffff:ffff' };
  const taken = ['2001:db8::1', '2001:db8::2'];
  expect(firstUsable(range, (address) => !taken.includes(address))).toBe('2001:db8::3');
  expect(firstUsable({ startIp: '10.0.0.9', endIp: '10.0.0.10' }, () => false)).toBeNull();
});
