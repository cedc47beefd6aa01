import type { CallInput } from '@catalyst/shared/contract/client';
import type { Server, serverRoutes } from '@catalyst/shared/features/servers';
import { expect, vi } from 'vitest';
import type { FakeAgent } from './fake-agent.ts';
import type { TestClient } from './test-panel.ts';

type NewServerBody = CallInput<(typeof serverRoutes)['create']>['body'];

export const newServer = (
  agent: Pick<FakeAgent, 'nodeId'>,
  more: Partial<NewServerBody> = {},
): NewServerBody => ({
  name: 'A server',
  templateId: 'minecraft-js',
  nodeId: agent.nodeId,
  allocatedMemoryMb: 512,
  allocatedCpuCores: 1,
  allocatedDiskMb: 1024,
  ...more,
});

/** Waits until the server is as wanted, and answers it. */
export async function serverThat(
  { api }: Pick<TestClient, 'api'>,
  id: string,
  expected: Partial<Record<keyof Server, unknown>>,
): Promise<Server> {
  return vi.waitFor(
    async () => {
      const server = await api.servers.get({ params: { id } });
      expect(server).toMatchObject(expected);
      return server;
    },
    { timeout: 8000, interval: 10 },
  );
}

/** A server whose installation has ended well. */
export async function installedServer(
  client: TestClient,
  agent: FakeAgent,
  more: Partial<NewServerBody> = {},
): Promise<Server> {
  const { id } = await client.api.servers.create({ body: newServer(agent, more) });
  return serverThat(client, id, {
    state: 'stopped',
    operation: expect.objectContaining({ status: 'succeeded' }),
  });
}

export async function runningServer(
  client: TestClient,
  agent: FakeAgent,
  more: Partial<NewServerBody> = {},
): Promise<Server> {
  const { id } = await installedServer(client, agent, more);
  await client.api.servers.start({ params: { id } });
  return serverThat(client, id, {
    state: 'running',
    operation: expect.objectContaining({ status: 'succeeded' }),
  });
}
