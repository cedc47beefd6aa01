import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppError } from '@catalyst/shared/contract/errors';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { Peer } from './testing/peer.ts';
import {
  connectOutside,
  hostAddress,
  inTime,
  needsPlugins,
  needsPrivateNetwork,
  outsidePath,
  testNetworks,
  whatIsThere,
} from './testing/test-machine.ts';

const port = { name: 'game', ip: '0.0.0.0', port: 25565, protocol: 'both', targetPort: 5000 } as const;
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('this had to be refused'),
    (error: AppError) => error,
  );
const lan = (mode: 'macvlan' | 'ipvlan', address = '192.0.2.50/24') =>
  ({ mode, parent: 'wan', address, gateway: '192.0.2.2' }) as const;

describe('networks made by CNI plugins', () => {
  beforeEach(async (context) => {
    await needsPrivateNetwork(context);
    needsPlugins(context);
  });

  for (const mode of ['macvlan', 'ipvlan'] as const) {
    it(`give a server an address of its own beside the machine's (${mode})`, async ({ skip }) => {
      connectOutside();
      const before = whatIsThere();
      const { networks } = testNetworks();
      const { modes } = await networks.detect();
      if (!modes[mode]) skip(`The kernel of this machine has no ${mode}`);
      const { namespacePath, addresses } = await networks.attach('one', lan(mode), [], inTime());
      expect(addresses).toEqual(['192.0.2.50']);
      const [server, outside] = [new Peer(namespacePath), new Peer(outsidePath)];
      await server.listen('tcp', 25565, 'one');
      await outside.listen('udp', 7000, 'outside');
      expect(await outside.dial('tcp', '192.0.2.50', 25565)).toBe('one sees 192.0.2.2');
      expect(await server.dial('udp', '192.0.2.2', 7000)).toBe('outside sees 192.0.2.50');
      expect((await networks.counters('one', server.pid))?.sentBytes).toBeGreaterThan(50);
      expect(await networks.attach('one', lan(mode), [], inTime())).toMatchObject({
        namespacePath,
        addresses,
      });
      const second = await refusal(networks.attach('two', lan(mode), [], inTime()));
      expect(second).toMatchObject({ code: 'conflict' });
      const rivals = ['three', 'four'].map((name) =>
        networks.attach(name, lan(mode, '192.0.2.51/24'), [], inTime()),
      );
      const statuses = (await Promise.allSettled(rivals)).map(({ status }) => status);
      expect(statuses.toSorted()).toEqual(['fulfilled', 'rejected']);
      for (const name of ['three', 'four']) await networks.detach(name);
      await server.end();
      await networks.detach('one');
      await networks.detach('one');
      expect(whatIsThere()).toEqual(before);
    });
  }

  it('run a chain of an admin in order, with the published ports, and undo it in reverse', async () => {
    connectOutside();
    const stateFolder = temporaryFolder();
    const ipam = {
      type: 'host-local',
      dataDir: join(stateFolder, 'ipam'),
      ranges: [[{ subnet: '10.98.0.0/24' }]],
    };
    const chain = {
      mode: 'cni' as const,
      name: 'admin',
      plugins: [
        { type: 'bridge', bridge: 'admin0', isGateway: true, isDefaultGateway: true, ipam },
        { type: 'portmap', capabilities: { portMappings: true } },
      ],
    };
    const { networks } = testNetworks({ stateFolder });
    const { namespacePath, addresses } = await networks.attach('one', chain, [port], inTime());
    expect(addresses).toEqual(['10.98.0.2']);
    const [server, outside] = [new Peer(namespacePath), new Peer(outsidePath)];
    writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
    for (const protocol of ['tcp', 'udp'] as const) {
      await server.listen(protocol, 5000, 'one');
      expect(await outside.dial(protocol, hostAddress, 25565)).toBe('one sees 192.0.2.2');
    }
    await networks.unpublish('one');
    const second = await refusal(networks.attach('two', { mode: 'bridge' }, [port], inTime()));
    expect(second).toMatchObject({ code: 'port_taken' });
    await server.end();
    await networks.detach('one');
    expect(await outside.dial('tcp', hostAddress, 25565)).not.toMatch(/sees/);
    expect(existsSync(join(stateFolder, 'ipam', 'admin', '10.98.0.2'))).toBe(false);
  });

  it('say in plain words what failed, and leave nothing behind', async () => {
    connectOutside();
    const before = whatIsThere();
    const { networks } = testNetworks();
    const plugins = (type: string) => ({
      mode: 'cni' as const,
      name: 'n',
      plugins: [{ type: 'loopback' }, { type }],
    });
    const missing = await refusal(networks.attach('one', plugins('no-such-plugin'), [], inTime()));
    expect(missing).toMatchObject({ code: 'unavailable' });
    expect(missing.message).toContain('no-such-plugin');
    const parent = { ...lan('macvlan'), parent: 'nowhere0' };
    const failed = await refusal(networks.attach('one', parent, [], inTime()));
    expect(failed).toMatchObject({ code: 'unavailable' });
    expect(failed.message).toBe('This machine has no network interface nowhere0');
    expect(whatIsThere()).toEqual(before);
  });

  it('undo what was done when a later plugin fails, or the start is called off', async () => {
    const before = whatIsThere();
    const folder = temporaryFolder();
    const calls = join(folder, 'calls');
    mkdirSync(join(folder, 'cni'));
    const script = `#!/bin/sh
name=$(basename $0); cat > /dev/null; echo "$CNI_COMMAND $name $CNI_IFNAME $CNI_CONTAINERID" >> ${calls}
[ $CNI_COMMAND-$name = ADD-third ] && echo '{"code": 7, "msg": "no luck"}' && exit 1
echo '{"cniVersion":"0.4.0","ips":[{"version":"4","address":"10.1.2.3/24"}]}'`;
    for (const type of ['first', 'second', 'third']) {
      writeFileSync(join(folder, 'cni', type), script);
      chmodSync(join(folder, 'cni', type), 0o755);
    }
    const { networks } = testNetworks({ cniPath: join(folder, 'cni') });
    const plugins = ['first', 'second', 'third'].map((type) => ({ type }));
    const failed = await refusal(networks.attach('one', { mode: 'cni', name: 'n', plugins }, [], inTime()));
    expect(failed.message).toBe('The CNI plugin third failed: no luck');
    const done = readFileSync(calls, 'utf8').trim().split('\n');
    expect(done.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'ADD first',
      'ADD second',
      'ADD third',
      'DEL third',
      'DEL second',
      'DEL first',
    ]);
    expect(done.every((line) => line.endsWith('eth0 catalyst-test-one'))).toBe(true);

    const called = new AbortController();
    const chain = { mode: 'cni' as const, name: 'n', plugins: plugins.slice(0, 2) };
    writeFileSync(calls, '');
    const attaching = networks.attach('one', chain, [], called.signal);
    called.abort(new Error('called off'));
    expect((await refusal(attaching)).message).toBe('called off');
    expect(readFileSync(calls, 'utf8')).not.toMatch(/ADD second/);
    expect(whatIsThere()).toEqual(before);
  });
});
