import { readFile } from 'node:fs/promises';
import { StartError } from './start-error.ts';
import { createFileAtomically } from './write-file-atomically.ts';

/**
 * The content of a file that only its owner may read, made on first use; of two that make it at once, the first one's
 * stays. What exists is never replaced: an empty or unreadable file is refused, with a sentence that ends in the remedy,
 * because a new secret would lock out whoever knows the old one.
 */
export async function keepSecretFile(path: string, make: () => string, remedy = fromBackup): Promise<string> {
  const existing = await read(path, remedy);
  if (existing !== null) return existing;
  await createFileAtomically(path, make());
  return (await read(path, remedy)) as string;
}

export const fromBackup = 'Put it back from your backup.';

async function read(path: string, remedy: string): Promise<string | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new StartError(`${path} cannot be read: ${message}. ${remedy}`, { cause });
  }
  if (text.trim() === '') throw new StartError(`${path} is empty. ${remedy}`);
  return text;
}
