import { AppError } from '@catalyst/shared/contract/errors';
import type { Permission } from '@catalyst/shared/contract/permissions';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { TcpProxy } from '../../testing/tcp-proxy.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer, runningServer, serverThat } from '../../testing/test-servers.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';
import { OperationEntity } from '../operations/operation.entity.ts';

const succeeded = expect.objectContaining({ kind: 'install', status: 'succeeded' });

describe.each(testDatabases)('installing again on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  let owner: TestClient;
  let names = 0;
  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel);
    owner = await panel.createUser('owner', await roleWith(panel, ['server.create', 'template.read']));
  });
  afterAll(() => panel.close());

  const installsOf = (of: FakeAgent, id: string) =>
    of.controls.filter(({ serverId, action }) => serverId === id && action === 'install').slice(1);
  const wipe = ({ api }: Pick<TestClient, 'api'>, id: string) =>
    api.servers.reinstall({ params: { id }, query: { data: 'wipe' } });

  async function helperWith(id: string, ...permissions: Permission[]): Promise<TestClient> {
    const name = `helper${++names}`;
    const helper = await panel.createUser(name);
    const { token } = await owner.api.subusers.invite({
      params: { id },
      body: { email: `${name}@example.com`, permissions },
    });
    await helper.api.subusers.acceptInvite({ params: { token } });
    return helper;
  }

  it('keeps the files unless it is told to wipe them, and writes down which', async () => {
    const { id } = await installedServer(owner, agent);
    const params = { id };
    await owner.api.servers.reinstall({ params });
    await serverThat(owner, id, { state: 'stopped', operation: succeeded });
    await owner.api.servers.reinstall({ params, query: { data: 'keep' } });
    await serverThat(owner, id, { state: 'stopped', operation: succeeded });
    await wipe(owner, id);
    await serverThat(owner, id, { state: 'stopped', operation: succeeded });
    expect(installsOf(agent, id).map(({ wipeFirst }) => wipeFirst)).toEqual([undefined, undefined, true]);
    const audited = await panel.panel.core.database
      .getRepository(AuditEntryEntity)
      .find({ where: { targetId: id, action: 'server.reinstall' }, order: { seq: 'ASC' } });
    expect(audited.map(({ details }) => details)).toEqual(
      ['keep', 'keep', 'wipe'].map((data) => expect.objectContaining({ data })),
    );
  });

  it('wipes only for those who may delete files there', async () => {
    const { id } = await installedServer(owner, agent);
    const installer = await helperWith(id, 'server.read', 'server.install');
    const refused = wipe(installer, id);
    await expect(refused).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('file.delete'),
      issues: [{ path: 'data' }],
    });
    expect(installsOf(agent, id)).toEqual([]);
    await installer.api.servers.reinstall({ params: { id } });
    await serverThat(owner, id, { state: 'stopped', operation: succeeded });
    const deleter = await helperWith(id, 'server.read', 'file.delete');
    expect(await codeOf(wipe(deleter, id))).toBe('forbidden');
    const both = await helperWith(id, 'server.read', 'server.install', 'file.delete');
    await wipe(both, id);
    await serverThat(owner, id, { state: 'stopped', operation: succeeded });
    expect(installsOf(agent, id).map(({ wipeFirst }) => wipeFirst)).toEqual([undefined, true]);
  });

  it('refuses words it does not know, and a server that runs', async () => {
    const { id } = await runningServer(owner, agent);
    expect(await codeOf(wipe(owner, id))).toBe('invalid_state');
    for (const query of [{ data: 'all' }, { data: '' }, { wipe: 'true' }]) {
      const asked = owner.api.servers.reinstall({ params: { id }, query: query as never });
      await expect(asked).rejects.toMatchObject({
        code: 'invalid_input',
        issues: [expect.objectContaining({ path: expect.any(String) })],
      });
    }
    expect(installsOf(agent, id)).toEqual([]);
  });

  it('is wiped or not as it was asked for, however late the order arrives', async () => {
    await using proxy = await TcpProxy.open(panel.port);
    const far = await FakeAgent.linked(panel, 'far');
    const { id } = await installedServer(panel.admin, far);
    far.link.panelUrl = proxy.url;
    far.disconnect();
    await serverThat(panel.admin, id, { node: expect.objectContaining({ online: false }) });
    await far.connect();
    far.answer('server_control', (control) => {
      far.controls.push(control);
      proxy.cut();
      return { accepted: true };
    });
    const { operationId } = await wipe(panel.admin, id);
    await serverThat(panel.admin, id, { node: expect.objectContaining({ online: false }) });
    far.answer('server_control', undefined);
    await far.connect();
    await vi.waitFor(() => expect(installsOf(far, id)).toHaveLength(2));
    for (const order of installsOf(far, id)) expect(order).toMatchObject({ operationId, wipeFirst: true });
    far.disconnect();
  });

  describe('when the agent was away while it wiped', () => {
    /** It calls the server stopped when it is back. */
    async function backFromWiping(name: string) {
      const far = await FakeAgent.linked(panel, name);
      const { id } = await installedServer(owner, far);
      far.isObedient = false;
      const { operationId } = await wipe(owner, id);
      const open = expect.objectContaining({ id: operationId, status: 'running' });
      await serverThat(owner, id, { state: 'installing', operation: open });
      far.disconnect();
      await serverThat(owner, id, { node: expect.objectContaining({ online: false }) });
      await far.connect();
      await serverThat(owner, id, { state: 'stopped', operation: open });
      expect(await codeOf(owner.api.servers.start({ params: { id } }))).toBe('invalid_state');
      far.isObedient = true;
      return { far, id, operationId };
    }

    it('believes it when it says so that all is installed', async () => {
      const { far, id, operationId } = await backFromWiping('remembers');
      await far.finish(id, operationId);
      await serverThat(owner, id, { state: 'stopped', operation: succeeded });
      await owner.api.servers.start({ params: { id } });
      await serverThat(owner, id, { state: 'running' });
      far.disconnect();
    });

    it('takes nothing for installed of which it has forgotten that it wiped it', async () => {
      const { far, id, operationId } = await backFromWiping('forgets');
      const { operationId: again } = await wipe(owner, id);
      expect(again).not.toBe(operationId);
      const operations = panel.panel.core.database.getRepository(OperationEntity);
      expect(await operations.findOneBy({ id: operationId })).toMatchObject({ status: 'failed' });
      await serverThat(owner, id, { state: 'stopped', operation: succeeded });
      await owner.api.servers.start({ params: { id } });
      await serverThat(owner, id, { state: 'running' });
      far.disconnect();
    });
  });

  describe('by an agent that cannot wipe', () => {
    async function refusedWipe(id: string): Promise<void> {
      agent.answer('server_control', (control) => {
        if (control.wipeFirst) throw new AppError('invalid_input', 'The message does not have this shape');
        throw new Error('Something else was asked for');
      });
      await expect(wipe(owner, id)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('Update the agent'),
      });
      agent.answer('server_control', undefined);
    }
    const refused = expect.objectContaining({
      kind: 'install',
      status: 'failed',
      error: expect.stringContaining('Update the agent'),
    });

    it('says to update it, and leaves a server that can be started and installed as it was', async () => {
      const { id } = await installedServer(owner, agent);
      await refusedWipe(id);
      await serverThat(owner, id, { state: 'stopped', reason: null, operation: refused });
      await owner.api.servers.start({ params: { id } });
      await serverThat(owner, id, { state: 'running' });
      await owner.api.servers.stop({ params: { id } });
      await serverThat(owner, id, { state: 'stopped' });
      await owner.api.servers.reinstall({ params: { id } });
      await serverThat(owner, id, { state: 'stopped', operation: succeeded });
    });

    it('leaves a server crashed, with how it crashed and when it is restarted', async () => {
      const { id } = await runningServer(owner, agent);
      agent.server(id).crashCount = 1;
      const nextRestartAt = Date.now() + 60_000;
      const crash = { exitCode: 3, reason: 'exit_code', reasonText: 'It ended.', nextRestartAt };
      await agent.report(id, 'crashed', crash);
      const { reason, reasonText, exitCode, desiredState, ...before } = await serverThat(owner, id, {
        state: 'crashed',
      });
      await refusedWipe(id);
      await serverThat(owner, id, {
        ...{ state: 'crashed', reason, reasonText, exitCode, desiredState },
        ...{ nextRestartAt: before.nextRestartAt, operation: refused },
      });
    });

    it('leaves a server that was not installed as one', async () => {
      const { id } = await installedServer(owner, agent);
      agent.isObedient = false;
      const { operationId } = await owner.api.servers.reinstall({ params: { id } });
      await agent.report(id, 'error', { reason: 'install_failed', reasonText: 'No such file.' });
      await agent.finish(id, operationId, 'No such file.');
      agent.isObedient = true;
      await refusedWipe(id);
      await serverThat(owner, id, { state: 'error', reason: 'install_failed', reasonText: 'No such file.' });
      expect(await codeOf(owner.api.servers.start({ params: { id } }))).toBe('invalid_state');
    });
  });
});
