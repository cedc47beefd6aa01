import { createPublicKey } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import { displayText } from '@catalyst/shared/contract/values';
import type { NewSshKey, SshKey } from '@catalyst/shared/features/sftp';
import type { ParsedKey } from 'ssh2';
import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import type { Caller } from '../../access.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { Logger } from '../../logger.ts';
import type { Revocations } from '../../revocations.ts';
import { lockUser } from '../users/lock-user.ts';
import { fingerprintOfKey } from './host-key.ts';
import { SshKeyEntity, type SshKeyRow } from './ssh-key.entity.ts';

const maxPerUser = 50;
const leastRsaBits = 2048;
const noteUseEveryMs = 60_000;
const types = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'];

interface SshKeysParts {
  database: DataSource;
  revocations: Revocations;
  log: Logger;
}

/** The public keys by which people come in by SFTP. */
export class SshKeys {
  readonly #parts: SshKeysParts;

  constructor(parts: SshKeysParts) {
    this.#parts = parts;
  }

  async listOf(userId: string): Promise<SshKey[]> {
    return (await this.#rows.find({ where: { userId }, order: { id: 'ASC' } })).map(describe);
  }

  /** Throws `invalid_input` for what is no public key or a weak one, `conflict` for one that is there. */
  async add({ userId }: Caller, { name, publicKey }: z.output<typeof NewSshKey>): Promise<SshKey> {
    const key = await parsePublicKey(publicKey);
    const row: SshKeyRow = {
      id: uuid(),
      userId,
      name: name ?? nameFrom(key),
      type: key.type,
      fingerprint: fingerprintOfKey(key.getPublicSSH()),
      publicKey: key.getPublicSSH().toString('base64'),
      createdAt: new Date(),
      lastUsedAt: null,
    };
    await inTransaction(this.#parts.database, async (manager) => {
      // Of two who add the last key that is allowed, one waits for the other.
      await lockUser(manager, userId);
      const { fingerprint } = row;
      if (await manager.existsBy(SshKeyEntity, { userId, fingerprint })) {
        throw new AppError('conflict', 'This key is in your profile already');
      }
      if ((await manager.countBy(SshKeyEntity, { userId })) >= maxPerUser) {
        throw new AppError('limit_reached', `At most ${maxPerUser} keys; remove one that is not needed`);
      }
      await manager.insert(SshKeyEntity, row);
    });
    return describe(row);
  }

  /** Throws `not_found` unless the key is the caller's own. */
  async remove(id: string, { userId }: Caller): Promise<void> {
    const { affected } = await this.#rows.delete({ id, userId });
    if (affected !== 1) throw new AppError('not_found', 'There is no such key');
    this.#parts.revocations.emit({ kind: 'session', sessionId: id, reason: 'The key was removed' });
  }

  /** What it is called, for the record. */
  async nameOf(id: string): Promise<string | undefined> {
    return (await this.#rows.findOneBy({ id }))?.name;
  }

  async find(userId: string, publicKey: Buffer): Promise<SshKeyRow | undefined> {
    const fingerprint = fingerprintOfKey(publicKey);
    return (await this.#rows.findOneBy({ userId, fingerprint })) ?? undefined;
  }

  noteUse({ id, lastUsedAt }: SshKeyRow): void {
    if (lastUsedAt && Date.now() - lastUsedAt.getTime() < noteUseEveryMs) return;
    this.#rows
      .update({ id }, { lastUsedAt: new Date() })
      .catch((err: unknown) => this.#parts.log.warn({ err }, 'The last use of an SSH key was not noted'));
  }

  get #rows() {
    return this.#parts.database.getRepository(SshKeyEntity);
  }
}

async function parsePublicKey(text: string): Promise<ParsedKey> {
  if (text.includes('PRIVATE KEY'))
    throw wrongKey('is a private key; never give it away, paste the one in .pub');
  if (/^sk-/.test(text)) throw wrongKey('is of a security key, which this server cannot check');
  const { default: ssh2 } = await import('ssh2');
  const parsed = ssh2.utils.parseKey(text);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!key || key instanceof Error || key.isPrivateKey()) {
    throw wrongKey('is not a public key, as a line of id_ed25519.pub is');
  }
  if (!types.includes(key.type)) throw wrongKey('must be an Ed25519, ECDSA or RSA key');
  if (key.type === 'ssh-rsa' && rsaBitsOf(key) < leastRsaBits) {
    throw wrongKey(`must have at least ${leastRsaBits} bits`);
  }
  return key;
}

function rsaBitsOf(key: ParsedKey): number {
  try {
    return createPublicKey(key.getPublicPEM()).asymmetricKeyDetails?.modulusLength ?? 0;
  } catch {
    throw wrongKey('is not a public key, as a line of id_ed25519.pub is');
  }
}

function nameFrom({ comment, type }: ParsedKey): string {
  const named = displayText(60).safeParse(comment.slice(0, 60));
  return named.success ? named.data : type;
}

const describe = ({ userId: _userId, publicKey: _publicKey, ...shown }: SshKeyRow): SshKey => shown;

const wrongKey = (message: string) =>
  new AppError('invalid_input', `This key cannot be used: it ${message}`, {
    issues: [{ path: 'publicKey', message }],
  });
