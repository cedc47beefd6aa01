import { AppError } from '@catalyst/shared/contract/errors';
import type { Passkey, PasskeyAnswer, PasskeyCeremony } from '@catalyst/shared/features/factors';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { AccountTokens } from '../accounts/account-tokens.ts';
import { lockUser } from '../users/lock-user.ts';
import { PasskeyEntity, type PasskeyRow } from './passkey.entity.ts';
import type { PasskeySite } from './passkey-site.ts';

const ceremonyMs = 5 * 60_000;
const maxPasskeys = 20;
/** EdDSA, ES256, RS256, as COSE numbers them. */
const algorithms = [-8, -7, -257];

type Ceremony = z.output<typeof PasskeyCeremony>;
type Answer = z.output<typeof PasskeyAnswer>;
export type ProofPurpose = 'sign-in' | 'factor' | 'reauthenticate';

interface CreationData extends Pick<PasskeySite, 'origin' | 'host'> {
  challenge: string;
}

interface ProofData extends CreationData {
  purpose: ProofPurpose;
}

/** Loaded when somebody has to do with passkeys. */
const webAuthn = () => import('@simplewebauthn/server');

/** Passkeys: made and proved in ceremonies that work once, always with the owner's fingerprint, face or PIN. */
export class Passkeys {
  readonly #database: DataSource;
  readonly #tokens: AccountTokens;

  constructor(database: DataSource, tokens: AccountTokens) {
    this.#database = database;
    this.#tokens = tokens;
  }

  async listOf(userId: string): Promise<Passkey[]> {
    const rows = await this.#database
      .getRepository(PasskeyEntity)
      .find({ where: { userId }, order: { id: 'ASC' } });
    return rows.map(describePasskey);
  }

  async beginCreation(
    user: { id: string; email: string; name: string },
    site: PasskeySite,
  ): Promise<Ceremony> {
    refuseUnfit(site);
    const present = await this.#database.getRepository(PasskeyEntity).findBy({ userId: user.id });
    if (present.length >= maxPasskeys) throw tooMany();
    const { generateRegistrationOptions } = await webAuthn();
    const options = await generateRegistrationOptions({
      rpName: 'Catalyst',
      rpID: site.host,
      userID: Buffer.from(user.id) as never,
      userName: user.email,
      userDisplayName: user.name,
      timeout: ceremonyMs,
      supportedAlgorithmIDs: algorithms,
      excludeCredentials: present
        .filter(({ host }) => host === site.host)
        .map(({ credentialId, transports }) => ({ id: credentialId, transports })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const data: CreationData = { challenge: options.challenge, origin: site.origin, host: site.host };
    const { token } = await this.#tokens.issue('passkey-creation', {
      userId: user.id,
      data: { ...data },
      lifetimeMs: ceremonyMs,
    });
    return { ceremony: token, options: { ...options } };
  }

  async finishCreation(userId: string, ceremony: string, name: string, response: unknown): Promise<Passkey> {
    const begun = await this.#tokens.take<CreationData>('passkey-creation', ceremony);
    if (begun?.userId !== userId)
      throw new AppError('invalid_credentials', 'This took too long; begin again');
    const { verifyRegistrationResponse } = await webAuthn();
    const verified = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: begun.data.challenge,
      expectedOrigin: begun.data.origin,
      expectedRPID: begun.data.host,
      supportedAlgorithmIDs: algorithms,
    }).catch((cause: unknown) => {
      throw new AppError('invalid_credentials', 'The browser’s answer is not what was asked for', { cause });
    });
    if (!verified.verified) throw new AppError('invalid_credentials', 'The passkey could not be verified');
    const { credential, credentialBackedUp } = verified.registrationInfo;
    const row: PasskeyRow = {
      id: uuid(),
      userId,
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: credential.transports ?? [],
      name,
      host: begun.data.host,
      isSynced: credentialBackedUp,
      createdAt: new Date(),
      lastUsedAt: null,
    };
    try {
      await inTransaction(this.#database, async (manager) => {
        // Of two who make the last one that is allowed, one waits for the other.
        await lockUser(manager, userId);
        if ((await manager.countBy(PasskeyEntity, { userId })) >= maxPasskeys) throw tooMany();
        await manager.insert(PasskeyEntity, row);
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppError('conflict', 'This passkey is in use already');
      throw error;
    }
    return describePasskey(row);
  }

  /** For one user's passkeys, or (without `userId`) for any that the browser offers. */
  async beginProof(purpose: ProofPurpose, site: PasskeySite, userId?: string): Promise<Ceremony> {
    refuseUnfit(site);
    const { generateAuthenticationOptions } = await webAuthn();
    const own = userId
      ? await this.#database.getRepository(PasskeyEntity).findBy({ userId, host: site.host })
      : [];
    const options = await generateAuthenticationOptions({
      rpID: site.host,
      timeout: ceremonyMs,
      userVerification: 'required',
      allowCredentials: own.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    });
    const data: ProofData = { challenge: options.challenge, origin: site.origin, host: site.host, purpose };
    const { token } = await this.#tokens.issue('passkey-proof', {
      userId,
      data: { ...data },
      lifetimeMs: ceremonyMs,
    });
    return { ceremony: token, options: { ...options } };
  }

  /** Whose passkey proved itself in this ceremony; undefined when none did. */
  async prove(purpose: ProofPurpose, { ceremony, response }: Answer): Promise<string | undefined> {
    const begun = await this.#tokens.take<ProofData>('passkey-proof', ceremony);
    if (!begun || begun.data.purpose !== purpose) return undefined;
    const passkeys = this.#database.getRepository(PasskeyEntity);
    const passkey = await passkeys.findOneBy({ credentialId: response.id, host: begun.data.host });
    if (!passkey || (begun.userId !== null && begun.userId !== passkey.userId)) return undefined;
    const { verifyAuthenticationResponse } = await webAuthn();
    const verified = await verifyAuthenticationResponse({
      response: response as unknown as AuthenticationResponseJSON,
      expectedChallenge: begun.data.challenge,
      expectedOrigin: begun.data.origin,
      expectedRPID: begun.data.host,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
      },
    }).catch(() => undefined);
    if (!verified?.verified) return undefined;
    const { newCounter, credentialBackedUp } = verified.authenticationInfo;
    await passkeys.update(
      { id: passkey.id },
      { counter: newCounter, isSynced: credentialBackedUp, lastUsedAt: new Date() },
    );
    return passkey.userId;
  }

  async rename(userId: string, id: string, name: string): Promise<Passkey> {
    const passkeys = this.#database.getRepository(PasskeyEntity);
    await passkeys.update({ id, userId }, { name });
    const row = await passkeys.findOneBy({ id, userId });
    if (!row) throw noSuchPasskey();
    return describePasskey(row);
  }

  async remove(userId: string, id: string): Promise<void> {
    const { affected } = await this.#database.getRepository(PasskeyEntity).delete({ id, userId });
    if (affected !== 1) throw noSuchPasskey();
  }
}

const tooMany = () => new AppError('limit_reached', `An account has at most ${maxPasskeys} passkeys`);
const noSuchPasskey = () => new AppError('not_found', 'There is no such passkey');

function refuseUnfit({ problem }: PasskeySite): void {
  if (problem) throw new AppError('invalid_state', problem);
}

function describePasskey({ id, name, createdAt, lastUsedAt, isSynced, host }: PasskeyRow): Passkey {
  return { id, name, createdAt, lastUsedAt, isSynced, host };
}
