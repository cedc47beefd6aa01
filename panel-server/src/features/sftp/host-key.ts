import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { keepSecretFile } from '@catalyst/shared/node/secret-file';
import { StartError } from '@catalyst/shared/node/start-error';

export interface HostKey {
  /** In OpenSSH's own format. */
  privateKey: string;
  fingerprint: string;
}

/** By which clients know the panel again. Made once; an existing one is never replaced, as every client would warn. */
export async function loadHostKey(identityDir: string): Promise<HostKey> {
  const { default: ssh2 } = await import('ssh2');
  const path = join(identityDir, 'sftp-host-key');
  const make = () => ssh2.utils.generateKeyPairSync('ed25519', { comment: 'catalyst' }).private;
  const privateKey = await keepSecretFile(path, make);
  const parsed = ssh2.utils.parseKey(privateKey);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!key || key instanceof Error || key.type !== 'ssh-ed25519' || !key.isPrivateKey()) {
    throw new StartError(`${path} is damaged: it is not an Ed25519 key. Put it back from your backup.`);
  }
  return { privateKey, fingerprint: fingerprintOfKey(key.getPublicSSH()) };
}

/** As `ssh-keygen -l` shows it. */
export const fingerprintOfKey = (publicKey: Buffer): string =>
  `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`;
