import { hash } from 'node:crypto';
import { randomToken } from '@catalyst/shared/node/random-token';
import { type DataSource, IsNull, LessThan, MoreThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { DeploymentTokenEntity } from './deployment-token.entity.ts';
import { NodeEntity } from './node.entity.ts';

const lifetimeMs = 15 * 60_000;
const keepMs = 24 * 3_600_000;

/** A secret that lets one agent enrol as this node, once, within 15 minutes. Those given before end. */
export async function issueSecret(
  database: DataSource,
  nodeId: string,
): Promise<{ secret: string; expiresAt: Date }> {
  const secret = randomToken();
  const now = new Date();
  const expiresAt = new Date(now.getTime() + lifetimeMs);
  await inTransaction(database, async (manager) => {
    await manager.delete(DeploymentTokenEntity, { createdAt: LessThan(new Date(now.getTime() - keepMs)) });
    await manager.update(DeploymentTokenEntity, { nodeId, endedAt: IsNull() }, { endedAt: now });
    await manager.insert(DeploymentTokenEntity, {
      id: uuid(),
      nodeId,
      secretHash: hashSecret(secret),
      createdAt: now,
      expiresAt,
      endedAt: null,
    });
  });
  return { secret, expiresAt };
}

/** Uses the secret up and pins the key, together; false when it is used, ended, expired or another node's. */
export function redeemSecret(
  database: DataSource,
  nodeId: string,
  agentKey: string,
  secret: string,
): Promise<boolean> {
  return inTransaction(database, async (manager) => {
    const now = new Date();
    const { affected } = await manager.update(
      DeploymentTokenEntity,
      { nodeId, secretHash: hashSecret(secret), endedAt: IsNull(), expiresAt: MoreThan(now) },
      { endedAt: now },
    );
    if (affected !== 1) return false;
    await manager.update(NodeEntity, { id: nodeId }, { agentKey, isRefused: false, statusText: null });
    return true;
  });
}

/** It has 256 random bits, so a fast hash protects it. */
const hashSecret = (secret: string) => hash('sha256', secret, 'hex');
