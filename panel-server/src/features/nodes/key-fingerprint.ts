import { createHash } from 'node:crypto';

/** What people compare on both ends, such as `1f3a 9c02 77be 41d0`; the agent prints the same. */
export function keyFingerprint(publicKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex');
  return (digest.slice(0, 16).match(/.{4}/g) ?? []).join(' ');
}
