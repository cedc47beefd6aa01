import type { NodeNetwork } from '@catalyst/shared/features/networks';
import { expect, it } from 'vitest';
import { enter, networkOptions, staticIpIssue, surroundingsOf } from './network-options.ts';

const at = new Date();
const lan: NodeNetwork = {
  ...{ id: '', nodeId: '', name: 'lan', kind: 'macvlan', parent: 'eth0', subnet: '10.0.0.0/24' },
  ...{ gateway: '10.0.0.1', plugins: null, serverCount: 1, freeInPools: null, createdAt: at, updatedAt: at },
  addresses: [{ address: '10.0.0.2', serverId: '', serverName: 'Survival' }],
};
const chain: NodeNetwork = {
  ...lan,
  name: 'chain',
  kind: 'cni',
  parent: null,
  subnet: null,
  plugins: [],
  addresses: [],
};
const options = networkOptions([lan, chain], { current: 'bridge', mayHost: false });

it('offers the machine’s own network to those who may, or who have it', () => {
  const values = (current: string, mayHost: boolean) =>
    networkOptions([lan], { current, mayHost }).map(({ value }) => value);
  expect(values('bridge', false)).toEqual(['bridge', 'lan']);
  expect(values('bridge', true)).toEqual(['bridge', 'host', 'lan']);
  expect(values('host', false)).toEqual(['bridge', 'host', 'lan']);
  expect(values('unread', false)).toEqual(['bridge', 'lan', 'unread']);
});

it('knows what each makes of ports', () => {
  const of = (value: string) => surroundingsOf(options.find((option) => option.value === value));
  expect(of('bridge')).toEqual({ isOwnAddress: false, isTranslating: true });
  expect(of('lan')).toEqual({ isOwnAddress: true, isTranslating: false });
  expect(of('chain')).toEqual({ isOwnAddress: false, isTranslating: true });
});

it('leaves the address to the panel where the network has a pool', () => {
  const [, pooled] = networkOptions([{ ...lan, freeInPools: 5 }], { current: 'bridge', mayHost: false });
  if (!pooled) throw new Error('There is no such network');
  expect(enter(pooled, [lan])).toEqual({ networkMode: 'lan', staticIp: '' });
  expect(staticIpIssue({ networkMode: 'lan', staticIp: '' }, pooled)).toBeUndefined();
  expect(staticIpIssue({ networkMode: 'lan', staticIp: '10.1.0.3' }, pooled)).toBeDefined();
});

it('proposes the first free address, and says what is wrong with another', () => {
  const option = options.find(({ value }) => value === 'lan');
  if (!option) throw new Error('There is no such network');
  expect(enter(option, [lan])).toEqual({ networkMode: 'lan', staticIp: '10.0.0.3' });
  const issue = (staticIp: string) => staticIpIssue({ networkMode: 'lan', staticIp }, option);
  expect(issue('10.0.0.3')).toBeUndefined();
  expect(issue('')).toBe('Give it an address of 10.0.0.0/24');
  expect(issue('10.1.0.3')).toBe('Must be an address of 10.0.0.0/24');
  expect(staticIpIssue({ networkMode: 'bridge', staticIp: '' }, options[0])).toBeUndefined();
});
