import type { FirewallReport } from '@catalyst/shared/features/firewall-link';
import { beforeEach, expect, it, vi } from 'vitest';
import { Peer } from '../network/testing/peer.ts';
import { needsPrivateNetwork, outsidePath } from '../network/testing/test-machine.ts';
import type { FakePanel } from '../testing/fake-panel.ts';
import { newId } from '../testing/ids.ts';
import { gameSpec, killAndRestart, started } from '../testing/real-games.ts';
import { order, runServer } from '../testing/test-agent.ts';
import { addresses, allRules, closeMachine, needsIptables } from './testing/closed-machine.ts';

/** Answers on its port until it is told to crash. */
const answering = (port: number) => `
require('net').createServer((socket) => socket.on('error', () => {}).end('${port} answers'))
  .listen(${port}, () => console.log('ready'));
process.stdin.on('data', () => process.abort());
`;
const game = (port: number) =>
  gameSpec(answering(port), { ports: [{ name: 'game', ip: '0.0.0.0', port, protocol: 'tcp' }] });
const patience = { timeout: 15_000 };

const openPortsOf = async (panel: FakePanel) =>
  ((await panel.call('firewall:report', {})) as FirewallReport).openPorts.map(({ port }) => port);

beforeEach(async (context) => {
  await needsPrivateNetwork(context);
  needsIptables(context);
});

it('the firewall of a machine is open for exactly the servers that are up, also after an agent was killed', {
  timeout: 60_000,
}, async () => {
  closeMachine('iptables');
  const before = allRules();
  const { panel, agent } = await started();
  const outside = new Peer(outsidePath);
  const isOpen = (port: number) =>
    vi.waitFor(
      async () => expect(await outside.dial('tcp', addresses.ipv4, port)).toBe(`${port} answers`),
      patience,
    );
  const specs = [25565, 25566, 25567].map(game);
  const [stays, crashes] = specs.map(({ serverId }) => serverId) as [string, string];
  await Promise.all(specs.map((spec) => runServer(panel, spec)));
  expect(await outside.dial('tcp', addresses.ipv4, 25565, undefined, 500)).toBe('timeout');
  expect(allRules()).toBe(before);
  await panel.call('firewall:set', { opens: true });
  for (const port of [25565, 25566, 25567]) await isOpen(port);

  const open = allRules();
  await agent.end('SIGKILL');
  expect(allRules()).toBe(open);
  await isOpen(25566);
  const snapshots = panel.reports('node_snapshot').length;
  agent.start();
  await panel.connected(snapshots);

  await panel.call('console_input', { serverId: crashes, data: 'crash', operationId: newId() });
  await vi.waitFor(async () => expect(await openPortsOf(panel)).toEqual([25565, 25567]), patience);
  const last = specs[2] as (typeof specs)[number];
  await panel.call('server:apply', { spec: { ...last, revision: 2, suspended: true } });
  await vi.waitFor(async () => expect(await openPortsOf(panel)).toEqual([25565]), patience);
  await killAndRestart(panel, agent);
  await vi.waitFor(async () => expect(await openPortsOf(panel)).toEqual([25565]), patience);
  await isOpen(25565);

  await order(panel, stays, 'kill');
  await order(panel, stays, 'remove');
  await vi.waitFor(() => expect(allRules()).toBe(before), patience);
});

it('a port that a server is to have from its next start on is not opened before, also after an agent was killed', {
  timeout: 60_000,
}, async () => {
  closeMachine('iptables');
  const { panel, agent } = await started();
  const id = await runServer(panel, game(25565));
  await panel.call('firewall:set', { opens: true });
  await panel.call('server:apply', { spec: { ...game(25570), serverId: id, revision: 2 } });
  await killAndRestart(panel, agent);
  await vi.waitFor(async () => expect(await openPortsOf(panel)).toEqual([25565]), patience);
  await order(panel, id, 'restart');
  await vi.waitFor(async () => expect(await openPortsOf(panel)).toEqual([25570]), patience);
});
