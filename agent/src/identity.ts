import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '@catalyst/shared/node/start-error';
import { createFileAtomically } from './write-file-atomically.ts';

/** Who this agent is: an Ed25519 key of its own, which the panel pins. */
export class Identity {
  /** Raw, in base64url. */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;

  constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    this.publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x as string;
  }

  /** In base64url. */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#privateKey).toString('base64url');
  }
}

/** Whether the owner of this raw public key signed this text. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
}

/** What people compare on both ends, such as `1f3a 9c02 77be 41d0`. */
export function fingerprintOf(publicKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex');
  return (digest.slice(0, 16).match(/.{4}/g) as string[]).join(' ');
}

/**
 * Reads the agent's key, or makes it at the very first start. A key that is there but cannot be read is never replaced:
 * the panel knows this agent by it. Throws a StartError then.
 */
export async function loadIdentity(folder: string): Promise<Identity> {
  const path = join(folder, 'agent-key.pem');
  let pem = await readKey(path);
  if (pem === null) {
    const { privateKey } = generateKeyPairSync('ed25519');
    await createFileAtomically(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    // Not the one just made: another process may have been first.
    pem = (await readKey(path)) as string;
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return new Identity(key);
  } catch {
    // Told below; the error could quote the key.
  }
  throw new StartError(
    `The agent's key ${path} is damaged. Restore it from a backup, or remove it and link this agent again.`,
  );
}

async function readKey(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StartError(`The agent's key ${path} cannot be read: ${(error as Error).message}`);
  }
}
