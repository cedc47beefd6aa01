import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, isSignedBy, loadIdentity } from './identity.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

describe('the agent’s key', () => {
  it('is made once, also when two ask for it at once, and only its owner may read it', async () => {
    const folder = temporaryFolder();
    const made = await Promise.all([loadIdentity(folder), loadIdentity(folder), loadIdentity(folder)]);
    const later = await loadIdentity(folder);
    expect(new Set([...made, later].map(({ publicKey }) => publicKey)).size).toBe(1);
    expect(statSync(join(folder, 'agent-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('signs what only it could have signed', async () => {
    const [one, other] = [await loadIdentity(temporaryFolder()), await loadIdentity(temporaryFolder())];
    const signature = one.sign('text');
    expect(isSignedBy(one.publicKey, 'text', signature)).toBe(true);
    expect(isSignedBy(one.publicKey, 'other text', signature)).toBe(false);
    expect(isSignedBy(other.publicKey, 'text', signature)).toBe(false);
    expect(fingerprintOf(one.publicKey)).toMatch(/^([0-9a-f]{4} ){3}[0-9a-f]{4}$/);
  });

  it.each(['', 'half a k', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])(
    'is never replaced when it is damaged (%j)',
    async (content) => {
      const folder = temporaryFolder();
      const path = join(folder, 'agent-key.pem');
      writeFileSync(path, content);
      await expect(loadIdentity(folder)).rejects.toThrow('is damaged');
      expect(readFileSync(path, 'utf8')).toBe(content);
    },
  );
});
