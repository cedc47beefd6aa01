import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from '@catalyst/shared/node/start-error';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { createLogger } from '../logger.ts';
import { makeCertificate } from './make-certificate.ts';
import { loadPanelCertificate } from './panel-certificate.ts';
import { loadSecretKeys } from './secret-keys.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catalyst-identity-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const log = createLogger('silent');
const config = readConfig({});
const certificate = async () => {
  const loaded = await loadPanelCertificate(folder, config, log);
  loaded.close();
  return loaded;
};

describe('the panel’s keys', () => {
  it.each(['tls-key.pem', 'secrets.key'])('say which is damaged: %s', async (name) => {
    const load = async () => {
      await loadSecretKeys(folder);
      await certificate();
    };
    await load();
    writeFileSync(join(folder, name), '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    const error = await load().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartError);
    expect((error as StartError).message).toContain(`${name} is damaged`);
  });

  it('are for their owner’s eyes only', async () => {
    await loadSecretKeys(folder);
    await certificate();
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });
});

describe('the certificate', () => {
  it('names this machine, and is kept', async () => {
    const { cert, key, fingerprint } = await certificate();
    const parsed = new X509Certificate(cert);
    expect(parsed.checkHost('localhost')).toBe('localhost');
    expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(parsed.checkIP('::1')).toBe('::1');
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.ca).toBe(false);
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    expect(fingerprint).toBe(createHash('sha256').update(spki).digest('hex'));
    expect((await certificate()).cert).toBe(cert);
  });

  it.each([
    ['when another machine’s names are in it', (key: string) => makeCertificate(key, ['elsewhere.example'])],
    ['when it is damaged', async () => 'damaged'],
  ])('is made anew with the same key %s', async (_when, other) => {
    const first = await certificate();
    writeFileSync(join(folder, 'tls-certificate.pem'), await other(first.key));
    const second = await certificate();
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(new X509Certificate(second.cert).checkHost('localhost')).toBe('localhost');
  });

  it('may be the owner’s, if it belongs to the key', async () => {
    const { key } = await certificate();
    const paths = { certificatePath: join(folder, 'own.pem'), keyPath: join(folder, 'own-key.pem') };
    writeFileSync(paths.keyPath, key);
    writeFileSync(paths.certificatePath, await makeCertificate(key, ['panel.example']));
    const given = await loadPanelCertificate(folder, { ...config, tls: paths }, log);
    expect(new X509Certificate(given.cert).checkHost('panel.example')).toBe('panel.example');
    rmSync(join(folder, 'tls-key.pem'));
    rmSync(join(folder, 'tls-certificate.pem'));
    const { key: otherKey } = await certificate();
    writeFileSync(paths.keyPath, otherKey);
    await expect(loadPanelCertificate(folder, { ...config, tls: paths }, log)).rejects.toThrow(
      'the certificate belongs to another key',
    );
  });
});

describe('the secret box', () => {
  it('opens what it sealed, and only where it belongs', async () => {
    const sealed = (await loadSecretKeys(folder)).box.seal('canary', 'table/1/field');
    expect(sealed).not.toContain('canary');
    const { box } = await loadSecretKeys(folder);
    expect(box.open(sealed, 'table/1/field')).toBe('canary');
    expect(() => box.open(sealed, 'table/2/field')).toThrow();
    expect(() => box.open(`${sealed.slice(0, -2)}AA`, 'table/1/field')).toThrow();
    expect(box.seal('canary', 'table/1/field')).not.toBe(sealed);
  });

  it('seals with a new key and opens with all, until the old ones are dropped', async () => {
    const keys = await loadSecretKeys(folder);
    const old = keys.box.seal('canary', 'place');
    expect(keys.box.renew(old, 'place')).toBe(old);
    await keys.addKey();
    const renewed = keys.box.renew(old, 'place');
    expect([old, renewed].map((sealed) => keys.box.open(sealed, 'place'))).toEqual(['canary', 'canary']);
    const reloaded = await loadSecretKeys(folder);
    expect(reloaded.hasOldKeys).toBe(true);
    expect([old, renewed].map((sealed) => reloaded.box.open(sealed, 'place'))).toEqual(['canary', 'canary']);
    await reloaded.dropOldKeys();
    const { box, hasOldKeys } = await loadSecretKeys(folder);
    expect(hasOldKeys).toBe(false);
    expect(box.open(renewed, 'place')).toBe('canary');
    expect(() => box.open(old, 'place')).toThrow();
    expect(() => box.renew(old, 'place')).toThrow();
    expect(statSync(join(folder, 'secrets.key')).mode & 0o777).toBe(0o600);
  });

  it('refuses a file of which one line is no key', async () => {
    await loadSecretKeys(folder);
    const path = join(folder, 'secrets.key');
    writeFileSync(path, `${readFileSync(path, 'utf8')}half a key\n`);
    await expect(loadSecretKeys(folder)).rejects.toThrow('secrets.key is damaged');
  });
});
