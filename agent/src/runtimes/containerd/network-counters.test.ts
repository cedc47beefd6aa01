import { expect, test } from 'vitest';
import { networkCounters, parseNetworkCounters } from './network-counters.ts';

test('adds up all interfaces but the loopback', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0
  eth0: 1200 3 0 0 0 0 0 0 80 2 0 0 0 0 0 0
  eth1:34 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0
`;
  expect(parseNetworkCounters(text)).toEqual({ receivedBytes: 1234, sentBytes: 86 });
});

test('knows nothing of a process that is gone', () => {
  expect(networkCounters(4_194_303)).toBeNull();
});
