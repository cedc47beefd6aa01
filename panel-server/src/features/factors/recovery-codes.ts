import { hash, randomBytes } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { RecoveryCodeEntity } from './recovery-code.entity.ts';
import { base32 } from './totp.ts';

const howMany = 10;

/** Codes on paper, for whoever lost the app; each works once. */
export class RecoveryCodes {
  readonly #database: DataSource;

  constructor(database: DataSource) {
    this.#database = database;
  }

  /** New ones instead of the old; they exist only in the answer. */
  async renew(userId: string, manager: EntityManager): Promise<string[]> {
    await this.remove(userId, manager);
    const codes = Array.from({ length: howMany }, () => base32(randomBytes(10)).toLowerCase());
    const rows = codes.map((code) => ({ id: uuid(), userId, codeHash: codeHash(userId, code) }));
    await manager.insert(RecoveryCodeEntity, rows);
    return codes.map((code) => (code.match(/.{4}/g) ?? []).join('-'));
  }

  /** Uses a code up; of all who come with it only one gets through. */
  async use(userId: string, code: string): Promise<boolean> {
    const { affected } = await this.#database
      .getRepository(RecoveryCodeEntity)
      .delete({ userId, codeHash: codeHash(userId, code) });
    return affected === 1;
  }

  async remove(userId: string, manager: EntityManager): Promise<void> {
    await manager.delete(RecoveryCodeEntity, { userId });
  }

  left(userId: string): Promise<number> {
    return this.#database.getRepository(RecoveryCodeEntity).countBy({ userId });
  }
}

/** A code has 80 random bits, so a fast hash protects it. */
const codeHash = (userId: string, code: string) => hash('sha256', `${userId}\n${code}`, 'hex');
