import { expect, it } from 'vitest';
import {
  ipPoolBody,
  ipPoolFormOf,
  ipPoolIssues,
  portPoolBody,
  portPoolFormOf,
  portPoolIssues,
} from './pool-form.ts';

const nodeId = '01890000-0000-7000-8000-000000000001';

it('makes pools of ports of what was typed', () => {
  const form = { ips: '192.0.2.10, 192.0.2.11', ports: ' 25565-25600, 27015 ', alias: '', notes: '' };
  expect(portPoolBody(form)).toEqual({
    ...{ ips: ['192.0.2.10', '192.0.2.11'], ports: '25565-25600, 27015', alias: null, notes: '' },
  });
  expect(portPoolIssues(form)).toEqual({});
  expect(portPoolBody({ ...form, ips: ' ' }).ips).toEqual(['0.0.0.0']);
});

it('says at each field of a pool of ports what is wrong', () => {
  const form = portPoolFormOf(undefined);
  expect(portPoolIssues(form)).toEqual({ ports: 'Fill this in' });
  expect(portPoolIssues({ ...form, ports: '80' })).toEqual({
    ports: 'Has 80; ports of servers are between 1024 and 65535',
  });
  expect(portPoolIssues({ ...form, ports: '5000', ips: '192.0.2.1, here' })).toMatchObject({
    ips: 'Must be an IP address',
  });
});

it('makes pools of addresses of what was typed', () => {
  const form = ipPoolFormOf(undefined, [{ name: 'lan', subnet: '10.0.0.0/24' }]);
  expect(ipPoolBody(form, nodeId)).toEqual({
    ...{ nodeId, networkName: 'lan', cidr: '10.0.0.0/24', reserved: [] },
  });
  const more = { ...form, startIp: '10.0.0.5 ', reserved: '10.0.0.7,10.0.0.8' };
  expect(ipPoolBody(more, nodeId)).toMatchObject({
    ...{ startIp: '10.0.0.5', reserved: ['10.0.0.7', '10.0.0.8'] },
  });
  expect(ipPoolIssues(more, nodeId)).toEqual({});
});

it('says at each field of a pool of addresses what is wrong', () => {
  const form = ipPoolFormOf(undefined, [{ name: 'lan', subnet: '10.0.0.0/24' }]);
  expect(ipPoolIssues({ ...form, startIp: '10.0.1.5', reserved: '10.0.0.7, 10.0.9.8' }, nodeId)).toEqual({
    startIp: 'Must be in 10.0.0.0/24',
    reserved: 'Must be in 10.0.0.0/24',
    'reserved.1': 'Must be in 10.0.0.0/24',
  });
});
