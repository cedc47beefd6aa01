import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { randomToken } from '@catalyst/shared/node/random-token';
import { keepSecretFile } from '@catalyst/shared/node/secret-file';
import { StartError } from '@catalyst/shared/node/start-error';

/** Encrypts what the database must hold but not show to whoever steals it; the key lies in a file beside it. */
export interface SecretBox {
  /** `place` says where the text belongs (`table/row/field`): it opens only there. */
  seal(text: string, place: string): string;
  /** Throws when the text was changed, moved, or sealed with another key. */
  open(sealed: string, place: string): string;
}

export async function loadSecretBox(folder: string): Promise<SecretBox> {
  const path = join(folder, 'secrets.key');
  const text = await keepSecretFile(path, () => `${randomToken()}\n`);
  const key = Buffer.from(text.trim(), 'base64url');
  if (!/^[\w-]{43}$/.test(text.trim()) || key.length !== 32) {
    throw new StartError(`${path} is damaged: it is not a key of 32 bytes. Put it back from your backup.`);
  }
  return {
    seal(plain, place) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed.slice(2), 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(place));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
  };
}
