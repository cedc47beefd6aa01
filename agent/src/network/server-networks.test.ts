import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AppError } from '@catalyst/shared/contract/errors';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { NetworkNames } from './network-names.ts';
import { Peer } from './testing/peer.ts';
import {
  batch,
  connectOutside,
  hostAddress,
  inTime,
  listTables,
  needsPrivateNetwork,
  nft,
  outsidePath,
  testNetworks,
  whatIsThere,
} from './testing/test-machine.ts';

const bridge = { mode: 'bridge' } as const;
const protocols = ['tcp', 'udp'] as const;
const game = (port: number, options: { ip?: string; targetPort?: number } = {}) =>
  ({ name: 'game', ip: '0.0.0.0', port, protocol: 'both', ...options }) as const;
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('this had to be refused'),
    (error: AppError) => error,
  );

describe('a private network', () => {
  beforeEach(needsPrivateNetwork);

  it('is reached on its published ports, over TCP and UDP, from everywhere', async () => {
    connectOutside();
    const { networks } = testNetworks();
    const ports = [game(25565), game(4000, { targetPort: 5000 })];
    const one = await networks.attach('one', bridge, ports, inTime());
    const two = await networks.attach('two', bridge, [], inTime());
    await networks.publish('one');
    const server = new Peer(one.namespacePath);
    const neighbour = new Peer(two.namespacePath);
    const outside = new Peer(outsidePath);
    const host = new Peer(null);
    for (const protocol of protocols) {
      for (const port of [25565, 5000]) await server.listen(protocol, port, `one ${port}`);
      expect(await outside.dial(protocol, hostAddress, 25565)).toBe('one 25565 sees 192.0.2.2');
      expect(await outside.dial(protocol, hostAddress, 4000)).toBe('one 5000 sees 192.0.2.2');
      expect(await host.dial(protocol, hostAddress, 25565)).toBe(`one 25565 sees ${hostAddress}`);
      expect(await host.dial(protocol, '127.0.0.1', 4000)).toMatch(/^one 5000 sees 10\./);
      expect(await neighbour.dial(protocol, hostAddress, 25565)).toBe(`one 25565 sees ${two.addresses[0]}`);
      expect(await server.dial(protocol, hostAddress, 25565)).toMatch(/^one 25565 sees 10\./);
    }
  });

  it('reaches the world under the address of the machine', async () => {
    connectOutside();
    const { networks } = testNetworks();
    const { namespacePath } = await networks.attach('one', bridge, [], inTime());
    const outside = new Peer(outsidePath);
    const server = new Peer(namespacePath);
    for (const protocol of protocols) {
      await outside.listen(protocol, 7000, 'outside');
      expect(await server.dial(protocol, '192.0.2.2', 7000)).toBe(`outside sees ${hostAddress}`);
    }
  });

  it('gets answers to what it, or the machine, sends from the number of a published port', async () => {
    connectOutside();
    const { networks } = testNetworks();
    const { namespacePath } = await networks.attach('one', bridge, [game(25565), game(25570)], inTime());
    await networks.publish('one');
    const [server, host, outside] = [new Peer(namespacePath), new Peer(null), new Peer(outsidePath)];
    for (const protocol of protocols) {
      await outside.listen(protocol, 7000, 'outside');
      expect(await server.dial(protocol, '192.0.2.2', 7000, 25565)).toBe(`outside sees ${hostAddress}`);
      expect(await host.dial(protocol, '192.0.2.2', 7000, 25570)).toBe(`outside sees ${hostAddress}`);
    }
  });

  it('is closed to all else: unpublished ports, other servers, and the machine it runs on', async () => {
    connectOutside();
    const { networks } = testNetworks();
    const one = await networks.attach('one', bridge, [game(25565)], inTime());
    const two = await networks.attach('two', bridge, [game(25566)], inTime());
    await networks.publish('one');
    const [server, neighbour] = [new Peer(one.namespacePath), new Peer(two.namespacePath)];
    const [host, outside] = [new Peer(null), new Peer(outsidePath)];
    batch(`route add ${one.addresses[0]}/32 via ${hostAddress}`, ['-n', 'outside']);
    const address = one.addresses[0] as string;
    const gateway = address.replace(/\d+$/, '1');
    for (const protocol of protocols) {
      await server.listen(protocol, 6000, 'unpublished');
      await server.listen(protocol, 25565, 'published');
      await host.listen(protocol, 2375, 'host');
      await host.listen(protocol, 2376, 'host loopback', '127.0.0.1');
      const answers = await Promise.all([
        ...[6000, 25565].flatMap((port) => [
          neighbour.dial(protocol, address, port),
          outside.dial(protocol, address, port),
        ]),
        ...[6000, 25566].map((port) => outside.dial(protocol, hostAddress, port)),
        ...[hostAddress, gateway, '127.0.0.1'].flatMap((to) =>
          [2375, 2376].map((port) => neighbour.dial(protocol, to, port)),
        ),
      ]);
      // Some are refused and some are not answered; none reaches a server.
      expect(answers.filter((answer) => answer.includes('sees'))).toEqual([]);
      // Those are there, though.
      expect(await outside.dial(protocol, hostAddress, 2375)).toBe('host sees 192.0.2.2');
      expect(await host.dial(protocol, '127.0.0.1', 2376)).toMatch(/^host loopback sees/);
      expect(await outside.dial(protocol, hostAddress, 25565)).toBe('published sees 192.0.2.2');
    }
  });

  it('is published on one address only when that was asked for', async () => {
    connectOutside();
    batch('addr add 192.0.2.9/24 dev wan');
    const { networks } = testNetworks();
    const ports = [game(25565, { ip: '127.0.0.1' }), game(25566, { ip: '192.0.2.9' })];
    const { namespacePath } = await networks.attach('one', bridge, ports, inTime());
    await networks.publish('one');
    const [server, host, outside] = [new Peer(namespacePath), new Peer(null), new Peer(outsidePath)];
    for (const protocol of protocols) {
      for (const port of [25565, 25566]) await server.listen(protocol, port, `${port}`);
      expect(await host.dial(protocol, '127.0.0.1', 25565)).toMatch(/^25565 sees/);
      expect(await host.dial(protocol, '192.0.2.9', 25566)).toMatch(/^25566 sees/);
      expect(await outside.dial(protocol, '192.0.2.9', 25566)).toBe('25566 sees 192.0.2.2');
      expect(await outside.dial(protocol, hostAddress, 25566)).not.toMatch(/sees/);
      expect(await outside.dial(protocol, hostAddress, 25565)).not.toMatch(/sees/);
    }
    const elsewhere = networks.attach('two', bridge, [game(1, { ip: '192.0.2.77' })], inTime());
    expect(await rejection(elsewhere)).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('no such address'),
    });
    const six = networks.attach('two', bridge, [game(1, { ip: '::' })], inTime());
    expect(await rejection(six)).toMatchObject({ code: 'invalid_input' });
  });

  it('does not leave a client that kept sending to a closed port, or to another server, behind', async () => {
    connectOutside();
    const { networks } = testNetworks();
    const outside = new Peer(outsidePath);
    const ask = () => outside.dial('udp', hostAddress, 25565, 45_000);
    const servers: string[] = [];
    for (const name of ['one', 'two']) {
      expect(await ask()).not.toMatch(/sees/);
      const { namespacePath } = await networks.attach(name, bridge, [game(25565)], inTime());
      await new Peer(namespacePath).listen('udp', 25565, name);
      await networks.publish(name);
      servers.push(await ask());
      await networks.unpublish(name);
    }
    expect(servers).toEqual(['one sees 192.0.2.2', 'two sees 192.0.2.2']);
  });

  it('keeps address and namespace over restarts, and takes changed ports', async () => {
    connectOutside();
    const { networks } = testNetworks();
    const before = await networks.attach('one', bridge, [game(25565)], inTime());
    await networks.publish('one');
    const server = new Peer(before.namespacePath);
    await server.listen('tcp', 25566, 'one');
    await networks.unpublish('one');
    const after = await networks.attach('one', bridge, [game(25566)], inTime());
    expect(after).toEqual(before);
    await networks.publish('one');
    expect(await new Peer(outsidePath).dial('tcp', hostAddress, 25566)).toBe('one sees 192.0.2.2');
    expect(listTables()).not.toContain('25565');
  });

  it('refuses a port that another server or program has, and names the program', async () => {
    const { networks } = testNetworks();
    await networks.attach('one', bridge, [game(25565)], inTime());
    for (const ip of ['0.0.0.0', '127.0.0.1']) {
      const second = networks.attach('two', bridge, [game(25565, { ip })], inTime());
      expect(await rejection(second)).toMatchObject({ code: 'port_taken' });
    }
    const onHost = networks.attach('three', { mode: 'host' }, [game(25565)], inTime());
    expect(await rejection(onHost)).toMatchObject({ code: 'port_taken' });
    await networks.unpublish('one');
    await networks.attach('two', bridge, [game(25565)], inTime());
    expect(networks.ownerOf({ ip: '127.0.0.1', port: 25565, protocol: 'udp' })).toBe('two');

    const program = createServer().listen(25570, '127.0.0.1');
    onTestFinished(() => void program.close());
    const third = networks.attach('three', bridge, [game(25570)], inTime());
    const { code, message } = await rejection(third);
    expect(code).toBe('port_taken');
    expect(message).toContain('25570 (tcp)');
    expect(message).toContain(`process ${process.pid}`);
    expect(networks.ownerOf({ ip: '0.0.0.0', port: 25570, protocol: 'tcp' })).toBe(null);
  });

  it('gives one of many that want the same port at once', async () => {
    const { networks } = testNetworks();
    const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
    const results = await Promise.allSettled(
      names.map((name) => networks.attach(name, bridge, [game(25565)], inTime())),
    );
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(19);
    for (const result of refused) expect(result).toMatchObject({ reason: { code: 'port_taken' } });
  });

  it('gives exactly as many addresses as there are, each once, and again after 3 rounds', async () => {
    const before = whatIsThere();
    const { networks } = testNetworks({ subnet: '10.77.0.0/29' });
    for (let round = 0; round < 3; round++) {
      const names = Array.from({ length: 9 }, (_, index) => `s${round}-${index}`);
      const results = await Promise.allSettled(
        names.map((name) => networks.attach(name, bridge, [], inTime())),
      );
      const addresses = results.flatMap((one) => (one.status === 'fulfilled' ? one.value.addresses : []));
      expect(addresses.toSorted()).toEqual([2, 3, 4, 5, 6].map((last) => `10.77.0.${last}`));
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'limit_reached' });
      }
      for (const name of names) await networks.detach(name);
    }
    expect(whatIsThere()).toEqual(before);
  });

  it('is gone after detach, however often, and leaves other rules alone', async () => {
    nft('table ip others { chain c { type filter hook forward priority 0; policy accept; }; }');
    onTestFinished(() => void nft('delete table ip others'));
    const before = whatIsThere();
    const { networks } = testNetworks();
    const names = ['one', 'two', 'three'];
    for (const [index, name] of names.entries()) {
      await networks.attach(name, bridge, [game(25565 + index)], inTime());
      await networks.publish(name);
    }
    expect(listTables().startsWith(before.rules)).toBe(true);
    for (const name of [...names, ...names]) await networks.detach(name);
    await Promise.all(names.map((name) => networks.detach(name)));
    expect(whatIsThere()).toEqual(before);
  });

  it('is written again when somebody flushed all rules', async () => {
    connectOutside();
    const { networks } = testNetworks();
    for (const name of ['one', 'two']) {
      const port = name === 'one' ? 25565 : 25566;
      const { namespacePath } = await networks.attach(name, bridge, [game(port)], inTime());
      await new Peer(namespacePath).listen('tcp', port, name);
    }
    await networks.publish('one');
    nft('flush ruleset');
    await networks.publish('two');
    const outside = new Peer(outsidePath);
    expect(await outside.dial('tcp', hostAddress, 25565)).toBe('one sees 192.0.2.2');
    expect(await outside.dial('tcp', hostAddress, 25566)).toBe('two sees 192.0.2.2');
  });

  it('is restored when others stop the machine from passing packets on', async () => {
    connectOutside();
    const { networks, stateFolder } = testNetworks();
    const { namespacePath } = await networks.attach('one', bridge, [game(25565)], inTime());
    await networks.publish('one');
    await new Peer(namespacePath).listen('tcp', 25565, 'one');
    await networks.close();
    nft('flush ruleset');
    writeFileSync('/proc/sys/net/ipv4/ip_forward', '0');
    await testNetworks({ stateFolder }).networks.recover(['one']);
    expect(await new Peer(outsidePath).dial('tcp', hostAddress, 25565)).toBe('one sees 192.0.2.2');
  });

  it('counts what a server received and sent', async () => {
    connectOutside();
    const { networks } = testNetworks();
    const { namespacePath } = await networks.attach('one', bridge, [game(25565)], inTime());
    await networks.publish('one');
    const server = new Peer(namespacePath);
    await server.listen('udp', 25565, 'x'.repeat(1000));
    const before = await networks.counters('one');
    expect(await networks.counters('one', server.pid)).toEqual(before);
    await new Peer(outsidePath).dial('udp', hostAddress, 25565);
    const after = await networks.counters('one');
    expect((after?.sentBytes ?? 0) - (before?.sentBytes ?? 0)).toBeGreaterThan(1000);
    expect((after?.receivedBytes ?? 0) - (before?.receivedBytes ?? 0)).toBeGreaterThan(5);
    expect((after?.receivedBytes ?? 0) - (before?.receivedBytes ?? 0)).toBeLessThan(1000);
    expect(await networks.counters('nobody')).toBe(null);
  });

  it('takes other addresses when a network of the machine has come to use them', async () => {
    const { networks, stateFolder } = testNetworks();
    const before = await networks.attach('one', bridge, [], inTime());
    await networks.close();
    const address = before.addresses[0] as string;
    batch(`link add name vpn type veth peer name vpn-end
      addr add ${address.replace(/\d+$/, '250')}/24 dev vpn
      link set vpn up`);
    onTestFinished(() => batch('link delete vpn'));
    const later = testNetworks({ stateFolder }).networks;
    await later.recover(['one']);
    const after = await later.attach('one', bridge, [], inTime());
    expect(after.addresses).not.toEqual(before.addresses);
  });

  it('refuses hostile names before anything happens', async () => {
    const before = whatIsThere();
    const { networks } = testNetworks();
    for (const id of ['', '..', '../x', 'a b', 'a;reboot', '-a', 'a\nb', 'x'.repeat(65)]) {
      const refused = await rejection(networks.attach(id, bridge, [], inTime()));
      expect(refused).toMatchObject({ code: 'invalid_input' });
      await networks.detach(id);
    }
    const plugin = { mode: 'cni', name: 'n', plugins: [{ type: '../../bin/sh' }] } as const;
    const parent = {
      mode: 'macvlan',
      parent: 'eth0; reboot',
      address: '10.0.0.2/24',
      gateway: null,
    } as const;
    for (const network of [plugin, parent]) {
      const refused = await rejection(networks.attach('one', network as never, [], inTime()));
      expect(refused).toMatchObject({ code: 'invalid_input' });
    }
    for (const prefix of ['', 'A', 'a-b', 'toolong', '*']) expect(() => new NetworkNames(prefix)).toThrow();
    expect(whatIsThere()).toEqual(before);
  });

  it('keeps agents on one machine apart', async () => {
    const before = whatIsThere();
    const one = testNetworks({ prefix: 'aa' }).networks;
    const two = testNetworks({ prefix: 'ab' }).networks;
    const first = await one.attach('same', bridge, [game(25565)], inTime());
    const second = await two.attach('same', bridge, [game(25566)], inTime());
    expect(first.namespacePath).not.toBe(second.namespacePath);
    expect(first.addresses).not.toEqual(second.addresses);
    await two.recover([]);
    await one.publish('same');
    expect(await one.attach('same', bridge, [game(25565)], inTime())).toEqual(first);
    await one.detach('same');
    expect(whatIsThere()).toEqual(before);
  });

  it('says what is possible here', async () => {
    const { networks } = testNetworks();
    nft(
      'table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; }; chain DOCKER-USER { }; }',
    );
    onTestFinished(() => void nft('delete table ip filter'));
    const { modes, notes } = await networks.detect();
    expect(modes.bridge).toBe(true);
    expect(notes.join('\n')).toContain('iptables -I DOCKER-USER -i cttest-+ -j ACCEPT');
  });
});

it("shares the machine's network where that is asked for", async () => {
  const { networks } = testNetworks();
  const attachment = await networks.attach('one', { mode: 'host' }, [], inTime());
  expect(attachment).toMatchObject({ namespacePath: null, addresses: [] });
  await networks.publish('one');
  expect(await networks.counters('one', process.pid)).toBe(null);
  await networks.detach('one');
});
