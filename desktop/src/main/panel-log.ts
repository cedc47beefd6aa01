import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** What the panel writes, kept for the person who has to find out why it stopped: this file and the one before it. */
export interface PanelLog {
  readonly path: string;
  write(chunk: Uint8Array | string): void;
  /** The last lines, fit to be shown and sent to somebody: without the set-up code. */
  lastLines(): string;
  close(): void;
}

const tailBytes = 8 * 1024;
const tailLines = 40;

export function openPanelLog(path: string, { maxBytes = 4 * 1024 * 1024 } = {}): PanelLog {
  mkdirSync(dirname(path), { recursive: true });
  let file = openSync(path, 'a+', 0o600);
  let sizeBytes = fstatSync(file).size;

  return {
    path,
    write(chunk) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      // A full disk must not end the app: the lines are lost, the panel itself says why it cannot go on.
      try {
        if (sizeBytes > 0 && sizeBytes + bytes.byteLength > maxBytes) startOver();
        writeSync(file, bytes);
        sizeBytes += bytes.byteLength;
      } catch {}
    },
    lastLines() {
      const buffer = Buffer.alloc(Math.min(tailBytes, sizeBytes));
      readSync(file, buffer, 0, buffer.length, sizeBytes - buffer.length);
      const lines = buffer.toString('utf8').trimEnd().split(/\r?\n/);
      const firstIsCut = buffer.length < sizeBytes && lines.length > 1;
      if (firstIsCut) lines.shift();
      return withoutSetupCode(lines.slice(-tailLines).join('\n'));
    },
    close() {
      closeSync(file);
    },
  };

  function startOver(): void {
    closeSync(file);
    try {
      renameSync(path, `${path}.1`);
    } finally {
      file = openSync(path, 'a+', 0o600);
      sizeBytes = fstatSync(file).size;
    }
  }
}

const withoutSetupCode = (text: string) => text.replace(/(\/setup#)[A-Za-z0-9_-]+/g, '$1…');
