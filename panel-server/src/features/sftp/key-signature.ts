import type { Authentication } from 'ssh2';

/** Whether the owner of the key signed this sign-in. RSA counts with SHA-2 only. */
export async function isSignatureRight(context: Authentication & { method: 'publickey' }): Promise<boolean> {
  const { key, hashAlgo, signature, blob } = context;
  if (!signature || !blob) return false;
  if (key.algo === 'ssh-rsa' && hashAlgo !== 'sha256' && hashAlgo !== 'sha512') return false;
  const { default: ssh2 } = await import('ssh2');
  const parsed = ssh2.utils.parseKey(key.data);
  const publicKey = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!publicKey || publicKey instanceof Error || publicKey.type !== key.algo) return false;
  return publicKey.verify(blob, signature, hashAlgo) === true;
}
