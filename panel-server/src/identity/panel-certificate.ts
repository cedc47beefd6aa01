import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { tlsKeyHash } from '@catalyst/shared/node/key-fingerprint';
import { keepSecretFile } from '@catalyst/shared/node/secret-file';
import { StartError } from '@catalyst/shared/node/start-error';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';

const renewBeforeMs = 30 * 24 * 3_600_000;
const checkEveryMs = 12 * 3_600_000;

/** What the panel shows in TLS. */
export interface PanelCertificate {
  key: string;
  cert: string;
  /** SHA-256 of the certificate's public key (its SubjectPublicKeyInfo), hex: what agents pin. It outlives renewals. */
  fingerprint: string;
  /** Called with each new certificate. */
  onRenewed(listener: () => void): void;
  close(): void;
}

/** The owner's certificate, or the panel's own, which is renewed in time and keeps its key. */
export async function loadPanelCertificate(
  folder: string,
  config: Config,
  log: Logger,
): Promise<PanelCertificate> {
  if (config.tls) return givenCertificate(config.tls);
  const keyPath = join(folder, 'tls-key.pem');
  const key = await keepSecretFile(keyPath, () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ format: 'pem', type: 'pkcs8' })
      .toString(),
  );
  try {
    fingerprintOf(key);
  } catch (cause) {
    throw new StartError(`${keyPath} is damaged: it is not a key. Put it back from your backup.`, { cause });
  }
  const path = join(folder, 'tls-certificate.pem');
  const names = certificateNames(config);
  const listeners: (() => void)[] = [];
  const certificate = {
    key,
    cert: await current(path, key, names, log),
    fingerprint: fingerprintOf(key),
    onRenewed: (listener: () => void) => {
      listeners.push(listener);
    },
    close: () => clearInterval(timer),
  };
  const timer = setInterval(async () => {
    try {
      const cert = await current(path, key, names, log);
      if (cert === certificate.cert) return;
      certificate.cert = cert;
      for (const listener of listeners) listener();
    } catch (err) {
      log.error({ err }, 'The certificate could not be renewed');
    }
  }, checkEveryMs).unref();
  return certificate;
}

function givenCertificate(files: { certificatePath: string; keyPath: string }): PanelCertificate {
  try {
    const cert = readFileSync(files.certificatePath, 'utf8');
    const key = readFileSync(files.keyPath, 'utf8');
    const fingerprint = fingerprintOf(key);
    if (tlsKeyHash(new X509Certificate(cert).publicKey, 'hex') !== fingerprint) {
      throw new Error('the certificate belongs to another key');
    }
    return { key, cert, fingerprint, onRenewed: () => {}, close: () => {} };
  } catch (cause) {
    throw new StartError(
      `CATALYST_TLS_CERT and CATALYST_TLS_KEY cannot be used: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

/** The certificate on disk while it is good for these names, else a new one of the same key. */
async function current(path: string, key: string, names: string[], log: Logger): Promise<string> {
  if (existsSync(path)) {
    const text = readFileSync(path, 'utf8');
    if (isGood(text, key, names)) return text;
  }
  const { makeCertificate } = await import('./make-certificate.ts');
  const cert = await makeCertificate(key, names);
  await writeFileAtomically(path, cert);
  log.info({ names }, 'Made a certificate');
  return cert;
}

function isGood(text: string, key: string, names: string[]): boolean {
  try {
    const certificate = new X509Certificate(text);
    return (
      certificate.validToDate.getTime() - Date.now() > renewBeforeMs &&
      tlsKeyHash(certificate.publicKey, 'hex') === fingerprintOf(key) &&
      names.every((name) => certificate.checkHost(name) ?? certificate.checkIP(name))
    );
  } catch {
    return false;
  }
}

/** Every name and address under which this machine may be reached. */
function certificateNames(config: Config): string[] {
  const addresses = Object.values(networkInterfaces())
    .flat()
    .flatMap((entry) => (entry && !entry.address.startsWith('fe80:') ? [entry.address] : []));
  const asked = config.publicUrl ? [config.publicUrl.hostname.replace(/^\[|\]$/g, '')] : [];
  const host = hostname().toLowerCase();
  const hostNames = /^[a-z0-9.-]+$/.test(host) ? [host] : [];
  return [...new Set(['localhost', '127.0.0.1', '::1', ...hostNames, ...addresses, ...asked])].slice(0, 60);
}

const fingerprintOf = (key: string) => tlsKeyHash(createPublicKey(key), 'hex');
