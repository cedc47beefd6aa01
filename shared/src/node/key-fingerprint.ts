import { hash, type KeyObject } from 'node:crypto';

/** Of a signing key: what people compare on both ends, such as `1f3a 9c02 77be 41d0`. */
export function fingerprintOf(publicKey: string): string {
  const digest = hash('sha256', Buffer.from(publicKey, 'base64url'), 'hex');
  return (digest.slice(0, 16).match(/.{4}/g) as string[]).join(' ');
}

/** Of a TLS key: SHA-256 of its SubjectPublicKeyInfo, which outlives the certificates. Agents pin it. */
export function tlsKeyHash(publicKey: KeyObject, encoding: 'hex' | 'base64url'): string {
  return hash('sha256', publicKey.export({ format: 'der', type: 'spki' }), encoding);
}
