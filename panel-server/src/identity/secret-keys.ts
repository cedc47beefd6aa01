import { join } from 'node:path';
import { randomToken } from '@catalyst/shared/node/random-token';
import { keepSecretFile } from '@catalyst/shared/node/secret-file';
import { StartError } from '@catalyst/shared/node/start-error';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import { type SecretBox, secretBox } from './secret-box.ts';

/** The file with the keys of the secret box, one a line. More than one: what older ones sealed is to be sealed anew. */
export interface SecretKeys {
  readonly box: SecretBox;
  readonly hasOldKeys: boolean;
  /** Resolves when the file holds it, so that nothing is ever sealed with a key that a crash could take along. */
  addKey(): Promise<void>;
  /** What they sealed does not open after that. */
  dropOldKeys(): Promise<void>;
}

type Lines = [string, ...string[]];

export async function loadSecretKeys(folder: string): Promise<SecretKeys> {
  const path = join(folder, 'secrets.key');
  const text = await keepSecretFile(path, () => `${randomToken()}\n`);
  let lines = text.trim().split(/\s*\n\s*/) as Lines;
  let box = secretBox(keysOf(lines, path));
  const replace = async (next: Lines) => {
    await writeFileAtomically(path, `${next.join('\n')}\n`);
    lines = next;
    box = secretBox(keysOf(lines, path));
  };
  return {
    get box() {
      return box;
    },
    get hasOldKeys() {
      return lines.length > 1;
    },
    addKey: () => replace([randomToken(), ...lines]),
    dropOldKeys: () => replace([lines[0]]),
  };
}

function keysOf(lines: Lines, path: string): [Buffer, ...Buffer[]] {
  const keys = lines.map((line) => Buffer.from(line, 'base64url'));
  if (lines.every((line) => /^[\w-]{43}$/.test(line)) && keys.every(({ length }) => length === 32)) {
    return keys as [Buffer, ...Buffer[]];
  }
  throw new StartError(
    `${path} is damaged: a line of it is not a key of 32 bytes. Put it back from your backup.`,
  );
}
