import type { Template } from '@catalyst/shared/features/templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer } from '../../testing/test-servers.ts';
import { catalogue } from '../templates/catalogue.ts';
import type { NodeRow } from './node.entity.ts';
import { chooseNode, runtimeOn } from './node-choice.ts';
import type { TimedHealth } from './node-view.ts';

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error) => error.code,
  );

describe.each(testDatabases)('nodes on %s', (database) => {
  let panel: TestPanel;

  beforeAll(async () => {
    panel = await testPanel({ database });
  });
  afterAll(() => panel.close());

  it('are added, changed, listed in pages and removed', async () => {
    const { nodes } = panel.admin.api;
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      ids.push((await nodes.create({ body: { name, publicAddress: 'play.example.com' } })).id);
    }
    const first = await nodes.list({ query: { limit: 2 } });
    expect(first.items.map(({ name }) => name)).toEqual(['a', 'b']);
    const second = await nodes.list({ query: { limit: 2, cursor: first.nextCursor ?? '' } });
    expect(second).toMatchObject({ items: [{ name: 'c', status: 'unlinked' }], nextCursor: null });
    for (const cursor of ['', 'junk', 'nul\0'])
      expect(await code(nodes.list({ query: { cursor } }))).toBe('invalid_input');
    const params = { id: ids[0] as string };
    const body = { name: 'A', maxMemoryMb: 4096, maxCpuCores: 2.5 };
    expect(await nodes.update({ params, body })).toMatchObject({
      ...body,
      publicAddress: 'play.example.com',
    });
    expect(await nodes.update({ params, body: { maxMemoryMb: null } })).toMatchObject({
      maxMemoryMb: null,
      maxCpuCores: 2.5,
    });
    await panel.restart();
    const after = await panel.admin.api.nodes.get({ params });
    expect(after).toMatchObject({ name: 'A', maxCpuCores: 2.5, local: false, health: null });
    for (const id of ids) await panel.admin.api.nodes.delete({ params: { id } });
    expect((await panel.admin.api.nodes.list()).items).toEqual([]);
    expect(await code(panel.admin.api.nodes.get({ params }))).toBe('not_found');
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'x', publicAddress: 'not a host' }, 'publicAddress'],
    [{ name: 'x', publicAddress: 'a', hostname: 'h\0' }, 'hostname'],
    [{ name: 'x', publicAddress: 'a', maxMemoryMb: -1 }, 'maxMemoryMb'],
    [{ name: 'x', publicAddress: 'a', agentKey: 'mine' }, 'agentKey'],
  ])('are refused with %j', async (body, path) => {
    await expect(panel.admin.api.nodes.create({ body: body as never })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: expect.arrayContaining([expect.objectContaining({ path })]),
    });
  });

  it('show what their servers were promised and how the machine is', async () => {
    const agent = await FakeAgent.linked(panel);
    await installedServer(panel.admin, agent, { allocatedMemoryMb: 600, allocatedCpuCores: 0.5 });
    await installedServer(panel.admin, agent, { allocatedMemoryMb: 512, allocatedCpuCores: 1 });
    agent.announceHealth({ cpuPercent: 33 });
    const params = { id: agent.nodeId };
    await expect
      .poll(() => panel.admin.api.nodes.get({ params }))
      .toMatchObject({
        allocatedMemoryMb: 1112,
        allocatedCpuCores: 1.5,
        serverCount: 2,
        health: { cpuPercent: 33, at: expect.any(Date) },
        lastSeenAt: expect.any(Date),
      });
    expect(await code(panel.admin.api.nodes.delete({ params }))).toBe('conflict');
    agent.disconnect();
    await expect
      .poll(() => panel.admin.api.nodes.get({ params }))
      .toMatchObject({ status: 'offline', health: null });
  });

  it('are nothing for those who may not see them', async () => {
    const { id } = await panel.admin.api.nodes.create({ body: { name: 'x', publicAddress: 'a' } });
    const { nodes } = panel.user.api;
    const params = { id };
    const doors = [
      () => nodes.list(),
      () => nodes.get({ params }),
      () => nodes.create({ body: { name: 'x', publicAddress: 'a' } }),
      () => nodes.update({ params, body: { name: 'y' } }),
      () => nodes.delete({ params }),
      () => nodes.deploymentToken({ params }),
      () => nodes.installHostPackages({ params, body: { templateId: 'openttd' } }),
    ];
    for (const door of doors) expect(await code(door())).toBe('forbidden');
    expect(await code(panel.anonymous.nodes.list())).toBe('unauthenticated');
  });

  it('install host packages only when they are online', async () => {
    const { id } = await panel.admin.api.nodes.create({ body: { name: 'x', publicAddress: 'a' } });
    const body = { templateId: 'openttd' };
    expect(await code(panel.admin.api.nodes.installHostPackages({ params: { id }, body }))).toBe(
      'node_offline',
    );
    const agent = await FakeAgent.linked(panel);
    expect(await panel.admin.api.nodes.installHostPackages({ params: { id: agent.nodeId }, body })).toEqual({
      installed: ['openttd', 'openttd-opengfx'],
      output: 'done',
    });
    agent.disconnect();
  });
});

describe('the choice of a node', () => {
  const template = catalogue[0] as Template;
  const health = (available: string[], memoryTotalMb = 8000) =>
    ({ memoryTotalMb, runtimes: available.map((name) => ({ name, available: true })) }) as TimedHealth;
  const candidate = (
    id: string,
    memoryMb: number,
    of: TimedHealth | null,
    maxMemoryMb: number | null = null,
  ) => ({
    row: { id, maxMemoryMb } as NodeRow,
    health: of,
    allocated: { memoryMb, cpuCores: 0, servers: 0 },
  });

  it('falls on the one with the most memory left that can run the game', () => {
    const nodes = [
      candidate('busy', 7000, health(['process'])),
      candidate('free', 1000, health(['process'])),
      candidate('limited', 0, health(['process'], 64_000), 2000),
      candidate('containers only', 0, health(['containerd'], 64_000)),
    ];
    expect(chooseNode(nodes, template, 512).id).toBe('free');
    expect(() => chooseNode(nodes.slice(0, 1), template, 2000)).toThrow('memory left');
    expect(() => chooseNode(nodes.slice(3), template, 1)).toThrow('No node that can run');
    expect(() => chooseNode([], template, 1)).toThrow(expect.objectContaining({ code: 'node_offline' }));
  });

  it('prefers containers where both can, and takes processes before the first report', () => {
    const withImage = { ...template, images: { default: 'x' } };
    expect(runtimeOn(health(['process', 'containerd']), withImage)).toBe('containerd');
    expect(runtimeOn(health(['process', 'containerd']), template)).toBe('process');
    expect(runtimeOn(null, template)).toBe('process');
    expect(runtimeOn(health(['fake']), template)).toBe('fake');
    expect(runtimeOn(health([]), template)).toBeNull();
  });
});
