import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@catalyst/shared/node/start-error';
import type { DataSource } from 'typeorm';
import { howToAcceptLoss } from '../database/expected-data.ts';
import { NodeEntity } from '../features/nodes/node.entity.ts';
import { UserEntity } from '../features/users/user.entity.ts';

/** The keys that are not there, before anything makes them. */
export const missingKeys = (folder: string): string[] =>
  ['panel-key.pem', 'secrets.key'].map((name) => join(folder, name)).filter((path) => !existsSync(path));

/** New keys in place of lost ones would lock out every node and leave what was sealed unreadable, without a word. */
export async function refuseLostKeys(missing: string[], database: DataSource): Promise<void> {
  if (missing.length === 0) return;
  const users = await database.getRepository(UserEntity).count();
  const nodes = await database.getRepository(NodeEntity).count();
  if (users + nodes === 0) return;
  throw new StartError(
    `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing, but the database is in use ` +
      `(${users} users, ${nodes} nodes). Put the folder back from your backup. Without it, nodes must be linked anew ` +
      `and stored secrets are lost. ${howToAcceptLoss}`,
  );
}
