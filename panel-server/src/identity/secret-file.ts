import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { StartError } from '@catalyst/shared/node/start-error';

/**
 * The content of a file that only its owner may read, made on first use. What exists is never replaced: an empty or
 * unreadable file is refused, because a new secret would lock out whoever knows the old one.
 */
export function keepSecretFile(path: string, make: () => string): string {
  const existing = read(path);
  if (existing !== undefined) return existing;
  create(path, make());
  return read(path) as string;
}

function read(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StartError(
      `${path} cannot be read: ${(cause as Error).message}. Put it back from your backup.`,
      { cause },
    );
  }
  if (text.trim() === '') throw new StartError(`${path} is empty. Put it back from your backup.`);
  return text;
}

/** Complete or absent; of two that make it at once, the first one's stays. */
function create(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
