import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { fingerprintOf } from './key-fingerprint.ts';
import { isSignedBy, loadSigningKey, SigningKey } from './signing-key.ts';
import { StartError } from './start-error.ts';

describe('a signing key', () => {
  it('is made once, also when several ask for it at once, and only its owner may read it', async () => {
    const path = join(temporaryFolder(), 'key.pem');
    const made = await Promise.all([loadSigningKey(path), loadSigningKey(path), loadSigningKey(path)]);
    const later = await loadSigningKey(path);
    expect(new Set([...made, later].map(({ publicKey }) => publicKey)).size).toBe(1);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('signs what only it could have signed', () => {
    const [one, other] = [new SigningKey(), new SigningKey()];
    const signature = one.sign('text');
    expect(isSignedBy(one.publicKey, 'text', signature)).toBe(true);
    expect(isSignedBy(one.publicKey, 'other text', signature)).toBe(false);
    expect(isSignedBy(other.publicKey, 'text', signature)).toBe(false);
    expect(isSignedBy('no key', 'text', signature)).toBe(false);
    expect(isSignedBy(one.publicKey, 'text', 'no signature')).toBe(false);
  });

  it('is of the kind that others expect', () => {
    // The first test of RFC 8032, as a check that both ends of the link speak plain Ed25519.
    const publicKey = Buffer.from(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      'hex',
    ).toString('base64url');
    const signature = Buffer.from(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
      'hex',
    ).toString('base64url');
    expect(isSignedBy(publicKey, '', signature)).toBe(true);
  });

  it.each([
    ['', 'is empty'],
    ['half a k', 'is damaged'],
    ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'is damaged'],
  ])('is never replaced when it cannot be read (%j)', async (content, complaint) => {
    const path = join(temporaryFolder(), 'key.pem');
    writeFileSync(path, content);
    const error = await loadSigningKey(path, 'Link it again.').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartError);
    expect((error as StartError).message).toContain(`${path} ${complaint}`);
    expect((error as StartError).message).toMatch(/ Link it again\.$/);
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it('has a fingerprint that people can compare', () => {
    const { publicKey } = new SigningKey();
    expect(fingerprintOf(publicKey)).toMatch(/^([0-9a-f]{4} ){3}[0-9a-f]{4}$/);
    expect(fingerprintOf(publicKey)).toBe(fingerprintOf(publicKey));
    expect(fingerprintOf(publicKey)).not.toBe(fingerprintOf(new SigningKey().publicKey));
  });
});
