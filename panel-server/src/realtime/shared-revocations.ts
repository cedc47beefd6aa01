import { type DataSource, LessThan, MoreThan, Not } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { ApiKeyStore } from '../features/api-keys/api-key-store.ts';
import type { NodeIndex } from '../features/nodes/node-index.ts';
import type { ServerIndex } from '../features/servers/server-index.ts';
import type { UsersService } from '../features/users/users.service.ts';
import type { Logger } from '../logger.ts';
import type { Revocation, Revocations } from '../revocations.ts';
import { SharedRevocationEntity } from './shared-revocation.entity.ts';

/** What every panel remembers of who may do what. */
interface Remembered {
  users: UsersService;
  apiKeys: ApiKeyStore;
  serverIndex: ServerIndex;
  nodeIndex: NodeIndex;
}

const lookEveryMs = 700;
/** Transactions end in another order than they begin, and clocks of panels differ: what is this old is read again. */
const overlapMs = 30_000;
const keptMs = 300_000;

/**
 * Panels on one Postgres tell each other what ended, through a table that all of them read: it also works behind a
 * connection pool, where LISTEN does not. Gives the way to stop.
 */
export function shareRevocations(
  database: DataSource,
  revocations: Revocations,
  remembered: Remembered,
  log: Logger,
): () => Promise<void> {
  const rows = database.getRepository(SharedRevocationEntity);
  const panelId = uuid();
  const seen = new Map<string, number>();
  const beganAt = Date.now();
  const unsent: Revocation[] = [];
  let isClosed = false;
  let working: Promise<void> | undefined;

  revocations.shareThrough((revocation) => {
    unsent.push(revocation);
    void work();
  });
  const timer = setInterval(() => void work(), lookEveryMs).unref();

  function work(): Promise<void> {
    working ??= sendAndReceive()
      .catch((err: unknown) => log.warn({ err }, 'What ended at other panels could not be looked up'))
      .finally(() => {
        working = undefined;
      });
    return working;
  }

  async function sendAndReceive(): Promise<void> {
    while (unsent.length > 0) {
      await rows.insert({
        id: uuid(),
        panelId,
        revocation: unsent[0] as Revocation,
        at: new Date(),
      } as never);
      unsent.shift();
    }
    if (isClosed) return;
    const now = Date.now();
    const since = new Date(Math.max(now - overlapMs, beganAt - overlapMs));
    const found = await rows.find({
      where: { at: MoreThan(since), panelId: Not(panelId) },
      order: { id: 'ASC' },
    });
    for (const { id, revocation } of found) {
      if (seen.has(id)) continue;
      await refresh(database, revocation, remembered);
      revocations.receive(revocation);
      seen.set(id, now);
    }
    for (const [id, at] of seen) if (now - at > keptMs) seen.delete(id);
    if (now - lastPrunedAt > keptMs) {
      lastPrunedAt = now;
      await rows.delete({ at: LessThan(new Date(now - keptMs)) });
    }
  }
  let lastPrunedAt = 0;

  return async () => {
    clearInterval(timer);
    isClosed = true;
    await working;
    if (unsent.length > 0) await work();
  };
}

/** Whoever hears of it looks at what the panel remembers. */
async function refresh(
  database: DataSource,
  revocation: Revocation,
  { users, apiKeys, serverIndex, nodeIndex }: Remembered,
): Promise<void> {
  if (revocation.kind === 'user') await users.refresh(revocation);
  if (revocation.kind === 'server') await serverIndex.refresh(revocation.serverId);
  if (revocation.kind === 'node-settings') await nodeIndex.refresh(database, revocation.nodeId);
  if (revocation.kind !== 'rights') return;
  if (revocation.serverId !== undefined) await serverIndex.refresh(revocation.serverId);
  else await users.refresh(revocation);
  if (revocation.keyId !== undefined) await apiKeys.refresh(revocation.keyId);
}
