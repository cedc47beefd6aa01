import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { fromBackup, keepSecretFile } from './secret-file.ts';
import { StartError } from './start-error.ts';

/** Who a panel or an agent is for the other: an Ed25519 key that stays the same for good, as the other pins it. */
export class SigningKey {
  /** Raw, in base64url: 43 characters. */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;

  constructor(privateKey: KeyObject = generateKeyPairSync('ed25519').privateKey) {
    this.#privateKey = privateKey;
    this.publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x as string;
  }

  /** Signature of the text's UTF-8 bytes, in base64url. */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#privateKey).toString('base64url');
  }
}

/** Whether the owner of this raw public key signed this text; false for what is no key or no signature. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

/** Reads the key, or makes it when there is none. Throws a StartError that ends in the remedy for a damaged one. */
export async function loadSigningKey(path: string, remedy = fromBackup): Promise<SigningKey> {
  const makeKey = () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const pem = await keepSecretFile(path, makeKey, remedy);
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return new SigningKey(key);
  } catch {
    // Told below; its message could quote the key.
  }
  throw new StartError(`${path} is damaged: it is not an Ed25519 key. ${remedy}`);
}
