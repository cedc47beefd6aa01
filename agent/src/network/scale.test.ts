import { beforeEach, describe, expect, it } from 'vitest';
import { Peer } from './testing/peer.ts';
import {
  connectOutside,
  hostAddress,
  inTime,
  needsPrivateNetwork,
  outsidePath,
  testNetworks,
  whatIsThere,
} from './testing/test-machine.ts';

const count = 100;
const names = Array.from({ length: count }, (_, index) => `s${index}`);
const portsOf = (index: number) => [
  { name: 'game', ip: '0.0.0.0', port: 20_000 + index, protocol: 'both' as const },
  { name: 'query', ip: hostAddress, port: 30_000 + index, protocol: 'both' as const },
];

describe('a hundred servers', () => {
  beforeEach(needsPrivateNetwork);

  it('get their networks at once, survive the agent, and go without a trace', async () => {
    connectOutside();
    const before = whatIsThere();
    const { networks, stateFolder } = testNetworks();
    const begun = performance.now();
    const attachments = await Promise.all(
      names.map(async (name, index) => {
        const attachment = await networks.attach(name, { mode: 'bridge' }, portsOf(index), inTime());
        await networks.publish(name);
        return attachment;
      }),
    );
    const attachedMs = performance.now() - begun;
    expect(new Set(attachments.flatMap(({ addresses }) => addresses)).size).toBe(count);
    const { rules } = whatIsThere();
    await networks.close();

    const later = testNetworks({ stateFolder }).networks;
    const recovering = performance.now();
    await later.recover(names);
    const recoveredMs = performance.now() - recovering;
    expect(sorted(whatIsThere().rules)).toEqual(sorted(rules));

    const counting = performance.now();
    await Promise.all(names.map((name) => later.counters(name)));
    const countedMs = performance.now() - counting;
    const outside = new Peer(outsidePath);
    for (const index of [0, 57, 99]) {
      const server = new Peer(attachments[index]?.namespacePath ?? null);
      await server.listen('tcp', 30_000 + index, names[index] as string);
      expect(await outside.dial('tcp', hostAddress, 30_000 + index)).toBe(`${names[index]} sees 192.0.2.2`);
    }

    const removing = performance.now();
    await Promise.all(names.map((name) => later.detach(name)));
    const removedMs = performance.now() - removing;
    expect(whatIsThere()).toEqual(before);
    console.log(
      `100 servers with 4 ports each: attach and publish ${attachedMs.toFixed()} ms, recover ${recoveredMs.toFixed()} ms, counters ${countedMs.toFixed(1)} ms, detach ${removedMs.toFixed()} ms`,
    );
  }, 60_000);
});

/** Elements of a set come in any order. */
function sorted(rules: string): string[] {
  return rules
    .split(/[\n,{}]/)
    .map((part) => part.trim())
    .toSorted();
}
