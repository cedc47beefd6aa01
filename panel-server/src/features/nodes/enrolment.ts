import { hash } from 'node:crypto';
import { randomToken } from '@catalyst/shared/node/random-token';
import { type DataSource, type EntityManager, IsNull, LessThan, MoreThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { DeploymentTokenEntity, type SecretPurpose } from './deployment-token.entity.ts';
import { NodeEntity } from './node.entity.ts';

const lifetimeMs = 15 * 60_000;
const keepMs = 24 * 3_600_000;

export interface IssuedSecret {
  secret: string;
  expiresAt: Date;
}

export interface NodeSecret extends IssuedSecret {
  nodeId: string;
}

/** A secret that lets one agent enrol as this node, once, within 15 minutes. Those given before end. */
export function issueSecret(database: DataSource, nodeId: string): Promise<IssuedSecret> {
  return inTransaction(database, async (manager) => {
    await endSecrets(manager, nodeId);
    return insertSecret(manager, nodeId, 'enrol');
  });
}

/** Two ways to the same one enrolment: the secret itself, and a code that fetches the script which does all. */
export function issueSecretAndCode(
  database: DataSource,
  nodeId: string,
): Promise<IssuedSecret & { fetchCode: string }> {
  return inTransaction(database, async (manager) => {
    await endSecrets(manager, nodeId);
    const { secret: fetchCode } = await insertSecret(manager, nodeId, 'fetch');
    return { ...(await insertSecret(manager, nodeId, 'enrol')), fetchCode };
  });
}

/** Whether the secret would be taken for this now; it stays as it is. */
export async function nodeOfSecret(
  database: DataSource,
  purpose: SecretPurpose,
  secret: string,
): Promise<string | null> {
  const row = await database.getRepository(DeploymentTokenEntity).findOneBy(usable(purpose, secret));
  return row?.nodeId ?? null;
}

/** Uses a fetch code up, for the secret that goes into the script. Null when it is used, ended, expired or unknown. */
export const redeemFetchCode = (database: DataSource, code: string): Promise<NodeSecret | null> =>
  inTransaction(database, async (manager) => {
    const nodeId = await redeem(manager, 'fetch', code);
    return nodeId === null ? null : { nodeId, ...(await insertSecret(manager, nodeId, 'install')) };
  });

/** Uses an install secret up, for one that enrols; from now on no other of this node does. Null as above. */
export const redeemInstallSecret = (database: DataSource, secret: string): Promise<NodeSecret | null> =>
  inTransaction(database, async (manager) => {
    const nodeId = await redeem(manager, 'install', secret);
    if (nodeId === null) return null;
    await endSecrets(manager, nodeId);
    return { nodeId, ...(await insertSecret(manager, nodeId, 'enrol')) };
  });

/** Uses the secret up and pins the key, together; false when it is used, ended, expired or another node's. */
export function redeemSecret(
  database: DataSource,
  nodeId: string,
  agentKey: string,
  secret: string,
): Promise<boolean> {
  return inTransaction(database, async (manager) => {
    if ((await redeem(manager, 'enrol', secret, nodeId)) === null) return false;
    await endSecrets(manager, nodeId);
    await manager.update(NodeEntity, { id: nodeId }, { agentKey, isRefused: false, statusText: null });
    return true;
  });
}

/** The node it was for; null when there is nothing to use up. Of several at once, one gets it. */
async function redeem(
  manager: EntityManager,
  purpose: SecretPurpose,
  secret: string,
  ofNode?: string,
): Promise<string | null> {
  const wanted = { ...usable(purpose, secret), ...(ofNode !== undefined && { nodeId: ofNode }) };
  const row = await manager.findOneBy(DeploymentTokenEntity, wanted);
  if (!row) return null;
  const { affected } = await manager.update(
    DeploymentTokenEntity,
    { ...wanted, id: row.id },
    { endedAt: new Date() },
  );
  return affected === 1 ? row.nodeId : null;
}

async function endSecrets(manager: EntityManager, nodeId: string): Promise<void> {
  await manager.update(DeploymentTokenEntity, { nodeId, endedAt: IsNull() }, { endedAt: new Date() });
}

async function insertSecret(
  manager: EntityManager,
  nodeId: string,
  purpose: SecretPurpose,
): Promise<IssuedSecret> {
  const secret = randomToken();
  const now = new Date();
  const expiresAt = new Date(now.getTime() + lifetimeMs);
  await manager.delete(DeploymentTokenEntity, { createdAt: LessThan(new Date(now.getTime() - keepMs)) });
  await manager.insert(DeploymentTokenEntity, {
    id: uuid(),
    nodeId,
    purpose,
    secretHash: hashSecret(secret),
    createdAt: now,
    expiresAt,
    endedAt: null,
  });
  return { secret, expiresAt };
}

const usable = (purpose: SecretPurpose, secret: string) => ({
  purpose,
  secretHash: hashSecret(secret),
  endedAt: IsNull(),
  expiresAt: MoreThan(new Date()),
});

/** It has 256 random bits, so a fast hash protects it. */
const hashSecret = (secret: string) => hash('sha256', secret, 'hex');
