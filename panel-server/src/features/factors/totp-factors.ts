import { AppError } from '@catalyst/shared/contract/errors';
import { type DataSource, type EntityManager, IsNull, LessThan, Not } from 'typeorm';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { SecretBox } from '../../identity/secret-box.ts';
import type { RecoveryCodes } from './recovery-codes.ts';
import { base32, matchingTotpStep, newTotpSecret, otpauthUri } from './totp.ts';
import { TotpFactorEntity } from './totp-factor.entity.ts';

/** Codes of an authenticator app: one app a user. */
export class TotpFactors {
  readonly #database: DataSource;
  readonly #box: SecretBox;
  readonly #recoveryCodes: RecoveryCodes;

  constructor(database: DataSource, box: SecretBox, recoveryCodes: RecoveryCodes) {
    this.#database = database;
    this.#box = box;
    this.#recoveryCodes = recoveryCodes;
  }

  /** Undefined when no codes are asked for. */
  async enabledAt(userId: string): Promise<Date | undefined> {
    const row = await this.#database.getRepository(TotpFactorEntity).findOneBy({ id: userId });
    return row?.enabledAt ?? undefined;
  }

  /** A secret that counts once it was confirmed; one that was begun before and left is replaced. */
  async begin(userId: string, account: string, issuer: string): Promise<{ secret: string; uri: string }> {
    const secret = newTotpSecret();
    const fresh = {
      id: userId,
      sealedSecret: this.#box.seal(secret.toString('base64url'), totpPlace(userId)),
      createdAt: new Date(),
      enabledAt: null,
      lastStep: 0,
    };
    await inTransaction(this.#database, async (manager) => {
      const { affected } = await manager.delete(TotpFactorEntity, { id: userId, enabledAt: IsNull() });
      if (affected === 0 && (await manager.existsBy(TotpFactorEntity, { id: userId }))) {
        throw new AppError('conflict', 'Codes of an app are on already; turn them off first');
      }
      await manager.insert(TotpFactorEntity, fresh);
    });
    return { secret: base32(secret), uri: otpauthUri(secret, issuer, account) };
  }

  /** Turns it on with a first code and answers the recovery codes; undefined when the code is wrong. */
  async confirm(userId: string, code: string): Promise<string[] | undefined> {
    const row = await this.#database.getRepository(TotpFactorEntity).findOneBy({ id: userId });
    if (!row || row.enabledAt) throw new AppError('invalid_state', 'Begin with a new secret');
    const step = matchingTotpStep(this.#secretOf(row), code, Date.now());
    if (step === undefined) return undefined;
    return inTransaction(this.#database, async (manager) => {
      const isSame = { id: userId, enabledAt: IsNull(), sealedSecret: row.sealedSecret };
      const { affected } = await manager.update(TotpFactorEntity, isSame, {
        enabledAt: new Date(),
        lastStep: step,
      });
      if (affected !== 1) throw new AppError('invalid_state', 'Begin with a new secret');
      return this.#recoveryCodes.renew(userId, manager);
    });
  }

  /** Whether this is a code of now. It is used up: of all who come with it, or an older one, only one gets through. */
  async use(userId: string, code: string): Promise<boolean> {
    const factors = this.#database.getRepository(TotpFactorEntity);
    const row = await factors.findOneBy({ id: userId, enabledAt: Not(IsNull()) });
    const step = row && matchingTotpStep(this.#secretOf(row), code, Date.now());
    if (!row || step === undefined || step === null) return false;
    const { affected } = await factors.update({ id: userId, lastStep: LessThan(step) }, { lastStep: step });
    return affected === 1;
  }

  async remove(userId: string, manager: EntityManager): Promise<void> {
    await manager.delete(TotpFactorEntity, { id: userId });
    await this.#recoveryCodes.remove(userId, manager);
  }

  #secretOf({ id, sealedSecret }: { id: string; sealedSecret: string }): Buffer {
    try {
      return Buffer.from(this.#box.open(sealedSecret, totpPlace(id)), 'base64url');
    } catch (cause) {
      throw new AppError('conflict', 'The secret of this second factor cannot be read any more', { cause });
    }
  }
}

export const totpPlace = (userId: string) => `totp_factors/${userId}/secret`;
