import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { LivePort } from '@catalyst/shared/features/live-ports-link';
import { expect, it, onTestFinished, vi } from 'vitest';
import { describeUnless, notLinux } from '../testing/describe-unless.ts';
import type { FakePanel } from '../testing/fake-panel.ts';
import { gameSpec, started } from '../testing/real-games.ts';
import { finished, order, runServer } from '../testing/test-agent.ts';

const livePorts = async (panel: FakePanel, serverId: string): Promise<LivePort[]> =>
  (await panel.call('ports:live', { serverId })).ports;

describeUnless(notLinux, 'the ports of a server', () => {
  it('are told as they are: listened on by its game, by nothing, or by another program', async () => {
    const [game, foreign, unused] = await freePorts(3);
    const { panel } = await started();
    const script = `
      require('net').createServer().listen(${game}, '127.0.0.1', () => console.log('ready'));
      process.stdin.on('data', () => process.exit(0));`;
    const spec = gameSpec(script, {
      ports: [
        { name: 'game', ip: '0.0.0.0', port: game, protocol: 'both' },
        { name: 'query', ip: '0.0.0.0', port: foreign, protocol: 'tcp' },
        { name: 'rcon', ip: '127.0.0.1', port: unused, protocol: 'tcp' },
      ],
    });
    const id = await runServer(panel, spec);
    const blocker = createServer().listen(foreign, '0.0.0.0');
    onTestFinished(() => void blocker.close());
    await once(blocker, 'listening');
    const holder = expect.stringContaining(`(process ${process.pid})`);
    const free = { state: 'closed', addresses: [], holder: null };
    const taken = {
      name: 'query',
      port: foreign,
      protocol: 'tcp',
      state: 'taken',
      addresses: ['0.0.0.0'],
      holder,
    };
    const rest = [{ name: 'game', port: game, protocol: 'udp', ...free }, taken, { name: 'rcon', ...free }];
    const listening = { name: 'game', protocol: 'tcp', state: 'listening', addresses: ['127.0.0.1'] };
    expect(await livePorts(panel, id)).toMatchObject([listening, ...rest]);
    expect(await finished(panel, await order(panel, id, 'stop'))).toBeNull();
    await vi.waitFor(async () =>
      expect(await livePorts(panel, id)).toMatchObject([{ name: 'game', protocol: 'tcp', ...free }, ...rest]),
    );
    await expect(panel.call('ports:live', { serverId: crypto.randomUUID() })).rejects.toThrow();
  });
});

/** That nobody has at this moment. */
async function freePorts(count: number): Promise<[number, number, number]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '0.0.0.0'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports as [number, number, number];
}
