import type { Server } from '@catalyst/shared/features/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer, newServer, serverThat } from '../../testing/test-servers.ts';
import { testTemplates } from '../../testing/test-template.ts';
import { openEnvironment } from './server-secrets.ts';
import { getServer } from './server-store.ts';

describe.each(testDatabases)('cloning a server on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  let source: Server;
  let people = 0;

  beforeAll(async () => {
    panel = await testPanel({ database, options: { templates: testTemplates() } });
    agent = await FakeAgent.linked(panel);
    source = await installedServer(panel.admin, agent, {
      name: 'Original',
      templateId: 'test-game',
      description: 'The first',
      tags: ['eu'],
      group: 'North',
      notes: 'Careful',
      swapMb: 64,
      environment: { TITLE: 'Hello', PASSWORD: 'open sesame', LICENCE: 'gold' },
      portBindings: [{ name: 'rcon', ip: '127.0.0.1', protocol: 'tcp' }],
    });
    source = await panel.admin.api.servers.update({
      params: { id: source.id },
      body: { restartPolicy: { ...source.restartPolicy, mode: 'always' } },
    });
  });
  afterAll(() => panel.close());

  const clone = ({ api }: TestClient, id: string, more: object = {}) =>
    api.servers.clone({ params: { id }, body: { name: 'Copy', ...more } });
  const valuesOf = async ({ id }: Server) => {
    const { database: source, secretBox } = panel.panel.core;
    return openEnvironment(secretBox, await getServer(source, id));
  };
  const creator = async () => {
    people += 1;
    const role = await roleWith(panel, ['server.create', 'server.limits']);
    return panel.createUser(`cloner-${database}-${people}`, role);
  };

  it('makes one like it, at ports of its own, and installs it', async () => {
    const made = await clone(panel.admin, source.id);
    expect(made).toMatchObject({
      ...{ name: 'Copy', description: 'The first', tags: ['eu'], group: 'North', notes: 'Careful' },
      template: source.template,
      node: source.node,
      ...{ allocatedMemoryMb: source.allocatedMemoryMb, allocatedCpuCores: source.allocatedCpuCores },
      ...{ allocatedDiskMb: source.allocatedDiskMb, swapMb: 64, networkMode: source.networkMode },
      restartPolicy: source.restartPolicy,
      environment: { TITLE: 'Hello', PASSWORD: '', LICENCE: 'gold' },
      state: 'installing',
    });
    expect(made.id).not.toBe(source.id);
    const places = (server: Server) =>
      server.portBindings.map(({ name, ip, protocol }) => [name, ip, protocol]);
    expect(places(made)).toEqual(places(source));
    const taken = new Set(source.portBindings.map(({ port }) => port));
    expect(made.portBindings.filter(({ port }) => taken.has(port))).toEqual([]);
    expect(await valuesOf(made)).toMatchObject({ PASSWORD: 'open sesame', LICENCE: 'gold' });
    await serverThat(panel.admin, made.id, { state: 'stopped' });
  });

  it('takes other values instead, and says which it cannot take', async () => {
    const made = await clone(panel.admin, source.id, { environment: { TITLE: 'Other', PASSWORD: 'new' } });
    expect(await valuesOf(made)).toMatchObject({ TITLE: 'Other', PASSWORD: 'new', LICENCE: 'gold' });
    await expect(clone(panel.admin, source.id, { environment: { SLOTS: '1000' } })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'environment.SLOTS' }],
    });
  });

  it('gives the owner of both what was hidden, and somebody it is shared with does not get it', async () => {
    const owner = await creator();
    const guest = await creator();
    const own = await owner.api.servers.create({
      body: newServer(agent, { templateId: 'test-game', environment: { PASSWORD: 'of the owner' } }),
    });
    await panel.admin.api.servers.update({
      params: { id: own.id },
      body: { environment: { LICENCE: 'paid' } },
    });
    const everything = await panel.admin.api.subusers.invite({
      params: { id: own.id },
      body: { permissions: ['server.update', 'console.read'] },
    });
    await guest.api.subusers.acceptInvite({ params: { token: everything.token } });
    expect(await valuesOf(await clone(owner, own.id))).toMatchObject({
      PASSWORD: 'of the owner',
      LICENCE: 'paid',
    });
    const theirs = await clone(guest, own.id);
    expect(theirs.owner.id).toBe(guest.userId);
    expect(await valuesOf(theirs)).toMatchObject({ PASSWORD: '', LICENCE: 'free' });
  });

  it('takes the right to create servers, and to see this one', async () => {
    expect(await codeOf(clone(await creator(), source.id))).toBe('not_found');
    const { userId, api } = await panel.createUser(`only-owner-${database}`);
    const { id } = await installedServer(panel.admin, agent, { templateId: 'test-game' });
    const invite = await panel.admin.api.subusers.invite({ params: { id }, body: { permissions: [] } });
    await api.subusers.acceptInvite({ params: { token: invite.token } });
    expect(await codeOf(api.servers.clone({ params: { id }, body: { name: 'Copy' } }))).toBe('forbidden');
    await panel.admin.api.subusers.transferOwnership({ params: { id }, body: { userId } });
    expect(await codeOf(api.servers.clone({ params: { id }, body: { name: 'Copy' } }))).toBe('forbidden');
  });

  it('is no way around a suspension', async () => {
    const owner = await creator();
    const own = await owner.api.servers.create({ body: newServer(agent, { templateId: 'test-game' }) });
    await serverThat(owner, own.id, { state: 'stopped' });
    await panel.admin.api.servers.suspend({ params: { id: own.id }, body: { reason: 'unpaid' } });
    expect(await codeOf(clone(owner, own.id))).toBe('suspended');
  });

  it('goes to another node, or says why not', async () => {
    const other = await FakeAgent.linked(panel, `other-${database}`);
    const made = await clone(panel.admin, source.id, { nodeId: other.nodeId });
    expect(made.node.id).toBe(other.nodeId);
    expect(made.portBindings.map(({ ip }) => ip)).toEqual(['0.0.0.0', '0.0.0.0', '0.0.0.0']);
    const nowhere = '01980000-0000-7000-8000-00000000dead';
    await expect(clone(panel.admin, source.id, { nodeId: nowhere })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'nodeId' }],
    });
  });
});
