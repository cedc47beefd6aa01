import { expect, it } from 'vitest';
import { networkBody, networkFormOf, networkIssues } from './network-form.ts';

const lan = { ...networkFormOf(undefined), name: 'lan', parent: 'eth0 ', subnet: '192.168.1.0/24' };

it('sends what its kind needs, and nothing else', () => {
  expect(networkBody(lan)).toEqual({
    ...{ name: 'lan', kind: 'macvlan', parent: 'eth0', subnet: '192.168.1.0/24', gateway: null },
  });
  expect(networkBody({ ...lan, kind: 'cni', plugins: '[{"type":"bridge"}]' })).toEqual({
    ...{ name: 'lan', kind: 'cni', plugins: [{ type: 'bridge' }] },
  });
});

it('says at each field what is wrong', () => {
  expect(networkIssues(lan)).toEqual({});
  expect(networkIssues({ ...lan, name: 'bridge' })).toEqual({
    name: 'Is the name of a network that every node has',
  });
  expect(networkIssues({ ...lan, gateway: '10.0.0.1' })).toEqual({ gateway: 'Must be in the subnet' });
  expect(networkIssues({ ...lan, parent: '' })).toEqual({ parent: 'Fill this in' });
});

it('says of plugins whether they are JSON, and which of them is wrong', () => {
  const chain = { ...lan, kind: 'cni' as const };
  expect(networkIssues({ ...chain, plugins: '[{' }).plugins).toBe('Must be a JSON list');
  expect(networkIssues({ ...chain, plugins: '{}' }).plugins).toBe('Must be a JSON list');
  expect(networkIssues({ ...chain, plugins: '[{"type":"bridge"},{"type":"../x"}]' }).plugins).toMatch(
    /^plugin 1\.type: /,
  );
});
