import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { join } from 'node:path';
import { StartError } from '@catalyst/shared/node/start-error';
import { keepSecretFile } from './secret-file.ts';

/** Who this panel is, for its agents: an Ed25519 key that stays the same for good. */
export interface PanelIdentity {
  /** The raw public key, base64url: 43 characters. */
  publicKey: string;
  /** SHA-256 of the raw public key, hex. */
  fingerprint: string;
  /** Signature of the text's UTF-8 bytes, base64url. */
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
}

/** Reads the key, or makes it when there is none. An unreadable key is an error, never replaced: agents pin it. */
export function loadPanelIdentity(folder: string): PanelIdentity {
  const path = join(folder, 'panel-key.pem');
  const pem = keepSecretFile(path, () =>
    generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  );
  const privateKey = readPrivateKey(path, pem);
  const publicKey = createPublicKey(privateKey);
  const raw = rawPublicKey(publicKey);
  return {
    publicKey: raw.toString('base64url'),
    fingerprint: createHash('sha256').update(raw).digest('hex'),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url'),
    verify: (text, signature) =>
      verify(null, Buffer.from(text, 'utf8'), publicKey, Buffer.from(signature, 'base64url')),
  };
}

function readPrivateKey(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Its message names what the decoder stumbled over, which helps nobody.
  }
  throw new StartError(`${path} is damaged: it is not an Ed25519 key. Put it back from your backup.`);
}

function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x as string, 'base64url');
}
