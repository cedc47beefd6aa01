import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What marks the fuses inside an Electron binary: this text, a version, their number, then one digit each. */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** In Electron's order, as Electron ships them: the unsafe ones are on. */
const shippedFuses = {
  runAsNode: true,
  cookieEncryption: false,
  nodeOptions: true,
  nodeCliInspect: true,
  embeddedAsarIntegrityValidation: false,
  onlyLoadAppFromAsar: false,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: true,
};

export function readFuses(binary: string): Record<string, boolean> {
  const bytes = readFileSync(binary);
  const wire = bytes.subarray(bytes.indexOf(fuseSentinel) + fuseSentinel.length + 2);
  return Object.fromEntries(Object.keys(shippedFuses).map((name, index) => [name, wire[index] === on]));
}

const on = '1'.charCodeAt(0);
const off = '0'.charCodeAt(0);

/** A folder laid out like Electron's for Linux, so that the packager runs without the binary, which is not to be had offline. */
export function writeFakeElectron(folder: string, version: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  const fuses = Buffer.concat([
    Buffer.from(`#!/bin/sh\necho started in $1\nexit 7\n${fuseSentinel}`),
    Buffer.from([1, Object.keys(shippedFuses).length]),
    Buffer.from(Object.values(shippedFuses).map((isOn) => (isOn ? on : off))),
  ]);
  writeFileSync(join(folder, 'electron'), fuses, { mode: 0o755 });
  writeFileSync(join(folder, 'version'), version);
  for (const name of [
    'LICENSE',
    'LICENSES.chromium.html',
    'chrome-sandbox',
    'icudtl.dat',
    'resources.pak',
    'locales/en-US.pak',
  ]) {
    writeFileSync(join(folder, name), '');
  }
}
