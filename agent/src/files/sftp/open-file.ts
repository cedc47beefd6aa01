import { AppError } from '@catalyst/shared/contract/errors';
import { openFlag } from '@catalyst/shared/node/sftp/protocol';
import type { RequestOf } from '@catalyst/shared/node/sftp/requests';
import type { ServerDirectory } from '../server-directory.ts';
import { pathFromClient } from './client-path.ts';
import type { OpenFile } from './open-handles.ts';

/** Clients that write in several streams at once are so far ahead with one of them at most. */
export const mostGapBytes = 8 * 1024 * 1024;

/** What the group and others may not be given by making a file, as an umask has it. */
const withheld = 0o022;

/** Opens as the flags say: each by itself, since `scp` writes without truncating, and `reput` appends by position. */
export async function openFile(directory: ServerDirectory, request: RequestOf<'open'>): Promise<OpenFile> {
  const path = pathFromClient(request.path);
  const has = (flag: number) => (request.flags & flag) !== 0;
  const writes = has(openFlag.write | openFlag.append);
  if (!writes && !has(openFlag.read))
    throw new AppError('bad_request', 'A file is opened to read or to write');
  if (!writes) return openToRead(directory, path);
  const isReadable = has(openFlag.read);
  const mode = request.attributes.permissions;
  const file = await directory.openForWriting(path, {
    ifMissing: has(openFlag.create) ? 'create' : 'refuse',
    ifExists: has(openFlag.create) && has(openFlag.exclusive) ? 'refuse' : 'open',
    ...{ isReadable, mostGapBytes, isDurable: false },
    // Whoever made it can always read and write it.
    ...(mode !== undefined && { mode: (mode & 0o777 & ~withheld) | 0o600 }),
  });
  try {
    if (has(openFlag.truncate) && !file.isNew) await file.truncate(0);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    kind: 'file',
    reader: isReadable ? file : null,
    writer: file,
    appends: has(openFlag.append),
    stat: () => file.stat(),
    close: () => file.close(),
  };
}

async function openToRead(directory: ServerDirectory, path: Buffer): Promise<OpenFile> {
  const file = await directory.openForReading(path);
  return {
    kind: 'file',
    reader: file,
    writer: null,
    appends: false,
    stat: () => file.statNow(),
    close: () => file.close(),
  };
}
