import { hasCode } from '../../../api/errors.ts';
import { statPath } from '../file-calls.ts';
import type { FilePath } from '../file-path.ts';
import { type AskAboutName, numberedName } from '../name-conflict.ts';
import { type BegunUpload, sendFile } from './send-file.ts';
import type { Sending } from './transfer-queue.ts';

interface Upload {
  serverId: string;
  folder: FilePath;
  name: string;
  file: File;
  ask: AskAboutName;
  /** Of an earlier try, whose answer about the name holds. */
  begun: BegunUpload;
}

/** Puts a file into a folder, asking first when its name is taken there. */
export async function uploadFile(
  { serverId, folder, name, file, ask, begun }: Upload,
  sending: Sending,
): Promise<'done' | 'skipped'> {
  const { signal } = sending;
  let path: FilePath = begun.path ?? [...folder, { text: name }];
  let replace = begun.replace ?? false;
  // Looked at before it is sent: a refusal may come only when all of it is there.
  let taken = begun.url === undefined ? await statPath(serverId, path, signal) : undefined;
  for (;;) {
    if (taken && !replace) {
      const choice = await ask(name, taken.type !== 'folder');
      signal.throwIfAborted();
      if (choice === 'skip') return 'skipped';
      if (choice === 'replace') replace = true;
      else path = await freePath(serverId, folder, name, signal);
    }
    Object.assign(begun, { path, replace });
    try {
      await sendFile({ serverId, path, file, replace, begun }, sending);
      return 'done';
    } catch (error) {
      // Somebody else made it in this moment.
      if (hasCode(error, 'conflict')) begun.url = undefined;
      if (replace || !hasCode(error, 'conflict')) throw error;
      taken = await statPath(serverId, path, signal);
      if (!taken) throw error;
    }
  }
}

/** The first one with a number that is free. */
export async function freePath(
  serverId: string,
  folder: FilePath,
  name: string,
  signal?: AbortSignal,
): Promise<FilePath> {
  for (let number = 2; ; number += 1) {
    const path = [...folder, { text: numberedName(name, number) }];
    if (!(await statPath(serverId, path, signal))) return path;
  }
}
