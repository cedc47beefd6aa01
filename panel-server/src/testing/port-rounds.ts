import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { type DataSource, In } from 'typeorm';
import { OperationEntity } from '../features/operations/operation.entity.ts';
import { AllocationEntity } from '../features/servers/allocation.entity.ts';
import { ServerEntity } from '../features/servers/server.entity.ts';
import { TombstoneEntity } from '../features/servers/tombstone.entity.ts';
import type { FakeAgent } from './fake-agent.ts';
import type { TestClient } from './test-panel.ts';
import { newServer } from './test-servers.ts';

const patienceMs = 30_000;
/** More than the node of the rounds has. */
const tooMuchMemoryMb = 1_000_000;

/** A node with ten ports in a pool, one more that a program of the machine holds, and a limit of memory. */
export async function tenPorts(api: TestClient['api'], agent: FakeAgent): Promise<void> {
  await api.nodes.update({ params: { id: agent.nodeId }, body: { maxMemoryMb: 500_000 } });
  await api.portPools.create({ params: { id: agent.nodeId }, body: { ports: '20000-20009, 20020' } });
  agent.busyPorts.set('20020/tcp', 'nginx');
}

/** So many creates at once; answers the ports that were given, and the codes of the refusals. */
export async function createAtOnce(
  api: TestClient['api'],
  agent: FakeAgent,
  count: number,
  more: Parameters<typeof newServer>[1] = {},
) {
  const results = await Promise.all(
    Array.from({ length: count }, () => outcome(api.servers.create({ body: newServer(agent, more) }))),
  );
  return {
    servers: results.flatMap((result) => (typeof result === 'string' ? [] : result)),
    refusals: results.filter((result) => typeof result === 'string'),
  };
}

/**
 * One round of a server's life, or of an attempt that fails late: for a port that the machine holds, for one that another
 * server holds, and for memory when its ports are on record already. Answers what the refusals were.
 */
export async function portRound(api: TestClient['api'], agent: FakeAgent): Promise<string[]> {
  const created = await outcome(api.servers.create({ body: newServer(agent) }));
  const primaryPort = typeof created === 'string' ? 20_000 : created.primaryPort;
  const refusals = await Promise.all([
    outcome(api.servers.create({ body: newServer(agent, { primaryPort: 20_020 }) })),
    outcome(api.servers.create({ body: newServer(agent, { primaryPort }) })),
    outcome(api.servers.create({ body: newServer(agent, { allocatedMemoryMb: tooMuchMemoryMb }) })),
  ]);
  if (typeof created === 'string') return [created];
  await removed(api, created.id);
  return refusals.map((refusal) => (typeof refusal === 'string' ? refusal : 'created'));
}

/** Deletes a server as soon as it can be, and waits until nothing is left of it. */
export async function removed(api: TestClient['api'], id: string): Promise<void> {
  const params = { id };
  await until(async () => {
    const deleted = await outcome(api.servers.delete({ params }));
    if (typeof deleted !== 'string') return true;
    if (deleted !== 'invalid_state') throw new Error(`The server could not be deleted: ${deleted}`);
    return false;
  });
  await until(async () => {
    const found = await outcome(api.servers.get({ params }));
    if (typeof found === 'string' && found !== 'not_found') throw new Error(`It answers ${found}`);
    return found === 'not_found';
  });
}

/** Rows that a node's servers have left behind; operations that have ended are its history. */
export async function leftovers(database: DataSource, nodeId: string) {
  const count = (entity: typeof AllocationEntity | typeof ServerEntity | typeof TombstoneEntity) =>
    database.getRepository(entity as typeof ServerEntity).countBy({ nodeId });
  return {
    allocations: await count(AllocationEntity),
    servers: await count(ServerEntity),
    tombstones: await count(TombstoneEntity),
    openOperations: await database
      .getRepository(OperationEntity)
      .countBy({ nodeId, status: In(['pending', 'running']) }),
  };
}

function outcome<T>(promise: Promise<T>): Promise<T | string> {
  return promise.catch((error: unknown) => {
    if (error instanceof AppError) return error.code;
    throw error;
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('The server was not removed in time');
    await delay(5);
  }
}
