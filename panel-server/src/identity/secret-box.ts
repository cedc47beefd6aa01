import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Encrypts what the database must hold but not show to whoever steals it; the keys lie in a file beside it. */
export interface SecretBox {
  /** `place` says where the text belongs (`table/row/field`): it opens only there. */
  seal(text: string, place: string): string;
  /** Throws when the text was changed, moved, or sealed with another key. */
  open(sealed: string, place: string): string;
  /** The same text sealed with the key that seals now; as it was when that key sealed it. Throws as `open` does. */
  renew(sealed: string, place: string): string;
}

/** The first key seals, all of them open. A sealed text does not name its key: it opens with no other. */
export function secretBox(keys: readonly [Buffer, ...Buffer[]]): SecretBox {
  const open = (sealed: string, place: string) => {
    let refusal: unknown;
    for (const key of keys) {
      try {
        return { key, text: openWith(key, sealed, place) };
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  };
  return {
    seal: (text, place) => sealWith(keys[0], text, place),
    open: (sealed, place) => open(sealed, place).text,
    renew(sealed, place) {
      const { key, text } = open(sealed, place);
      return key === keys[0] ? sealed : sealWith(keys[0], text, place);
    },
  };
}

function sealWith(key: Buffer, text: string, place: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
}

function openWith(key: Buffer, sealed: string, place: string): string {
  const bytes = Buffer.from(sealed.slice(2), 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(place));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
}
