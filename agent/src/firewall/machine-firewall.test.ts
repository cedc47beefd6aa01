import { execFileSync } from 'node:child_process';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../logger.ts';
import { NetworkNames } from '../network/network-names.ts';
import { ProgramFailure, type RunProgram } from '../network/run-program.ts';
import { Peer } from '../network/testing/peer.ts';
import {
  hostAddress,
  inTime,
  needsPrivateNetwork,
  nft,
  outsidePath,
  testNetworks,
} from '../network/testing/test-machine.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { FirewallChoice } from './firewall-choice.ts';
import { MachineFirewall, type MachineFirewallOptions } from './machine-firewall.ts';
import { addresses, allRules, closeMachine, firewalls, needsIptables } from './testing/closed-machine.ts';

const host = { mode: 'host' } as const;
const bridge = { mode: 'bridge' } as const;
const port = (number: number, ip = '0.0.0.0') =>
  ({ name: 'game', ip, port: number, protocol: 'both' }) as const;
/** None of it is listened on; spelled as people may. */
const elsewhere = [port(25567, '::ffff:192.0.2.1'), port(25568, '::1'), port(25569, '2001:DB8:0::1')];
const server = (serverId: string, ...ports: ReturnType<typeof port>[]) => ({
  serverId,
  network: host,
  ports,
});

async function testFirewall({
  prefix = 'test',
  opens = true,
  ...options
}: { prefix?: string; opens?: boolean } & Partial<MachineFirewallOptions> = {}): Promise<MachineFirewall> {
  const choice = await FirewallChoice.load({ state: temporaryFolder() });
  await choice.save(opens);
  const firewall = new MachineFirewall({
    names: new NetworkNames(prefix),
    choice,
    log: createLogger('silent'),
    ...options,
  });
  onTestFinished(() => firewall.close());
  await firewall.ready();
  return firewall;
}

/** The ports from which another machine hears something, over IPv4, UDP and IPv6. */
async function reached(outside: Peer, ports: readonly number[], timeoutMs = 3000): Promise<number[]> {
  const answers = await Promise.all(
    ports.flatMap((number) => [
      outside.dial('tcp', addresses.ipv4, number, undefined, timeoutMs),
      outside.dial('udp', addresses.ipv4, number, undefined, timeoutMs),
      outside.dial('tcp', addresses.ipv6, number, undefined, timeoutMs),
    ]),
  );
  return answers.flatMap((answer) => (answer.includes(' sees ') ? [Number.parseInt(answer, 10)] : []));
}

/** Silence need not be waited for long: that the rules are as before is looked at as well. */
const shut = async (outside: Peer, ...ports: number[]) =>
  expect(await reached(outside, ports, 500)).toEqual([]);

async function listeningHost(...ports: number[]): Promise<void> {
  const peer = new Peer(null);
  for (const number of ports) {
    await peer.listen('tcp', number, `${number}`, '::');
    await peer.listen('udp', number, `${number}`);
  }
}

describe("the machine's firewall", { timeout: 30_000 }, () => {
  beforeEach(async (context) => {
    await needsPrivateNetwork(context);
    needsIptables(context);
  });

  for (const kind of Object.keys(firewalls) as (keyof typeof firewalls)[]) {
    it(`is open for servers that are up, and else as it was (${kind})`, async () => {
      closeMachine(kind);
      const before = allRules();
      const firewall = await testFirewall();
      await listeningHost(25565, 25566);
      const outside = new Peer(outsidePath);
      const one = server('one', port(25565));
      const two = server('two', port(25566), ...elsewhere);
      await shut(outside, 25565);
      for (const state of ['starting', 'running'] as const) firewall.follow(one, state);
      await firewall.apply();
      expect(await reached(outside, [25565])).toEqual([25565, 25565, 25565]);
      await shut(outside, 25566);
      firewall.follow(two, 'starting');
      await firewall.apply();
      const both = allRules();
      expect(await reached(outside, [25566])).toEqual([25566, 25566, 25566]);
      const { gates, openPorts } = await firewall.report();
      expect(new Set(gates.map(({ hook }) => hook))).toEqual(new Set(['input']));
      expect([...new Set(openPorts.map((opening) => opening.port))]).toEqual([25565, 25566, 25567, 25569]);
      await firewall.apply();
      expect(allRules()).toBe(both);
      firewall.follow(one, 'crashed');
      firewall.follow(two, 'stopped');
      await firewall.apply();
      await shut(outside, 25565, 25566);
      expect(allRules()).toBe(before);
    });
  }

  it.each(['iptables', 'nftables with a last rule'] as const)(
    'stays closed to those whom the administrator refuses by name (%s)',
    async (kind) => {
      closeMachine(kind);
      const firewall = await testFirewall();
      await listeningHost(25565);
      const outside = new Peer(outsidePath);
      firewall.follow(server('one', port(25565)), 'running');
      await firewall.apply();
      expect(await reached(outside, [25565])).toHaveLength(3);
      // Behind the opening, where administrators add their rules.
      if (kind === 'iptables') execFileSync('iptables', ['-A', 'INPUT', '-s', '192.0.2.2', '-j', 'DROP']);
      else nft('insert rule inet mine guard index 0 ip saddr 192.0.2.2 drop');
      await firewall.apply();
      expect(await reached(outside, [25565])).toEqual([25565]);
    },
  );

  it.each(['iptables', 'nftables'] as const)(
    'is opened again when somebody wrote it anew (%s)',
    async (kind) => {
      closeMachine(kind);
      const firewall = await testFirewall();
      firewall.follow(server('one', port(25565)), 'running');
      await firewall.apply();
      const open = allRules();
      nft('flush ruleset');
      firewalls[kind]();
      expect(allRules()).not.toBe(open);
      await firewall.apply();
      expect(allRules()).toBe(open);
      if (kind === 'iptables') execFileSync('iptables', ['-F', 'INPUT']);
      else nft('flush chain inet filter input');
      await listeningHost(25565);
      const outside = new Peer(outsidePath);
      expect(await outside.dial('tcp', addresses.ipv4, 25565, undefined, 500)).toBe('timeout');
      await firewall.apply();
      expect(await outside.dial('tcp', addresses.ipv4, 25565)).toMatch(/^25565 sees/);
    },
  );

  it('is left alone when it stops nothing, or nobody wants it opened', async () => {
    const before = allRules();
    const firewall = await testFirewall();
    firewall.follow(server('one', port(25565)), 'running');
    await firewall.apply();
    expect(allRules()).toBe(before);
    expect(await firewall.report()).toMatchObject({ gates: [], openPorts: [] });
    closeMachine('iptables');
    const closed = allRules();
    await firewall.choose(false);
    expect(allRules()).toBe(closed);
    expect(await firewall.report()).toMatchObject({ gates: [{}, {}], openPorts: [] });
    await firewall.choose(true);
    expect(allRules()).not.toBe(closed);
    await firewall.choose(false);
    expect(allRules()).toBe(closed);
  });

  it('lets each agent of a machine open its own', async () => {
    closeMachine('iptables');
    const before = allRules();
    const [first, second] = [await testFirewall(), await testFirewall({ prefix: 'other' })];
    first.follow(server('one', port(25565)), 'running');
    await first.apply();
    const own = allRules();
    second.follow(server('two', port(25566)), 'running');
    await second.apply();
    await first.apply();
    await listeningHost(25565, 25566);
    expect(await reached(new Peer(outsidePath), [25565, 25566])).toHaveLength(6);
    second.follow(server('two', port(25566)), 'stopped');
    await second.apply();
    expect(allRules()).toBe(own);
    // What an agent left that is gone, the next one with its name takes away.
    const next = await testFirewall();
    await next.apply();
    expect(allRules()).toBe(before);
  });

  it.each(['iptables', 'nftables'] as const)(
    'lets the traffic of private networks pass while one of their servers is up (%s)',
    async (kind) => {
      closeMachine(kind);
      if (kind === 'iptables') execFileSync('iptables', ['-P', 'FORWARD', 'DROP']);
      else nft('add chain inet filter forward { type filter hook forward priority 0; policy drop; }');
      const { networks } = testNetworks();
      const { namespacePath } = await networks.attach('one', bridge, [port(25565)], inTime());
      await networks.publish('one');
      const before = allRules();
      const firewall = await testFirewall();
      const [inside, outside] = [new Peer(namespacePath), new Peer(outsidePath)];
      await inside.listen('tcp', 25565, 'one');
      await outside.listen('tcp', 7000, 'outside');
      const dial = (timeoutMs: number) =>
        Promise.all([
          outside.dial('tcp', hostAddress, 25565, undefined, timeoutMs),
          inside.dial('tcp', '192.0.2.2', 7000, undefined, timeoutMs),
        ]);
      expect(await dial(500)).toEqual(['timeout', 'timeout']);
      const one = { serverId: 'one', network: bridge, ports: [port(25565)] };
      firewall.follow(one, 'running');
      await firewall.apply();
      expect(await dial(5000)).toEqual(['one sees 192.0.2.2', `outside sees ${hostAddress}`]);
      expect(await firewall.report()).toMatchObject({ isForwardingOpen: true, openPorts: [] });
      firewall.follow(one, 'stopped');
      await firewall.apply();
      expect(await dial(500)).toEqual(['timeout', 'timeout']);
      expect(allRules()).toBe(before);
    },
  );
});

/** nftables with a closed chain in each table; those in `failing` cannot be changed, those in `gone` not even be read. */
function pretendedNftables(tables: readonly string[]) {
  const failing = new Set<string>();
  const gone = new Set<string>();
  const openings = new Map<string, string>();
  const run: RunProgram = async (program, args, { input = '' } = {}) => {
    const line = [program, ...args].join(' ');
    if (line === 'nft -j list chains') {
      const closed = { family: 'inet', name: 'input', type: 'filter', hook: 'input', policy: 'drop' };
      const own = [...openings].map(([table, name]) => ({ family: 'inet', table, name }));
      const all = [...tables.map((table) => ({ ...closed, table })), ...own];
      return JSON.stringify({ nftables: all.map((chain) => ({ chain })) });
    }
    if (line.startsWith('nft -j list chain ')) {
      const [, , , , , table = ''] = line.split(' ');
      if (gone.has(table)) throw new ProgramFailure(`no such chain in ${table}`);
      return '{"nftables":[]}';
    }
    if (line.startsWith('nft list chain ')) return '';
    const [, table = '', name = ''] = /^add chain inet (\S+) (\S+)/.exec(input) ?? [];
    if (line !== 'nft -f -' || failing.has(table)) throw new ProgramFailure(`no luck with ${table}`);
    if (input.includes('delete chain')) openings.delete(table);
    else openings.set(table, name);
    return '';
  };
  return { run, failing, gone, opened: () => [...openings.keys()] };
}

describe('a firewall of which one part cannot be changed', () => {
  it('is opened and closed in all others, and closed in that one when it can be', async () => {
    const { run, failing, opened } = pretendedNftables(['first', 'second', 'third']);
    const firewall = await testFirewall({ run, isRoot: true });
    failing.add('second');
    firewall.follow(server('one', port(25565)), 'running');
    await firewall.apply();
    expect(opened()).toEqual(['first', 'third']);
    expect((await firewall.report()).notes).toEqual([expect.stringContaining('no luck with second')]);
    failing.add('first');
    firewall.follow(server('one', port(25565)), 'stopped');
    await firewall.apply();
    expect(opened()).toEqual(['first']);
    failing.clear();
    await firewall.choose(false);
    expect(opened()).toEqual([]);
    expect((await firewall.report()).notes).toEqual([]);
  });

  it('is told of when it vanished between being found and being read, and the others opened', async () => {
    const { run, gone, opened } = pretendedNftables(['first', 'second']);
    const firewall = await testFirewall({ run, isRoot: true });
    gone.add('first');
    firewall.follow(server('one', port(25565)), 'running');
    await firewall.apply();
    expect(opened()).toEqual(['second']);
    const { gates, notes } = await firewall.report();
    expect(gates).toEqual([{ name: 'nftables inet second input', hook: 'input' }]);
    expect(notes[0]).toMatch(/^nftables inet first input could not be read: no such chain in first/);
  });
});
