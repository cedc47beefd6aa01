import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { parentPort } from 'node:worker_threads';

// The value of every architecture Node runs on, for which it has no name.
const O_PATH = 0o10000000;
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY, S_IFMT, S_IFREG } = constants;

/** The folder is a path of an open descriptor; the names are followed nowhere. */
export interface ReadJob {
  kind: 'read';
  folder: string;
  names: Uint8Array[];
  mostBytes: number;
  /** Whom hard links must belong to; null when nobody asks. */
  uid: number | null;
}

export interface SmallStats {
  mode: number;
  size: number;
  mtimeMs: number;
}

/** What an entry is, with its content when that is to be had here; null for what is gone. */
export type ReadResult = { stats: SmallStats; isForeign: boolean; content: Uint8Array | null } | null;

export interface WriteJob {
  kind: 'write';
  folder: string;
  files: { name: Uint8Array; content: Uint8Array; mode: number; modifiedMs: number }[];
  /** Whom the files are given to; null when they stay the agent's. */
  owner: { uid: number; gid: number } | null;
}

export type Answer = { id: number; results?: ReadResult[]; errorCode?: string; errorMessage?: string };

parentPort?.on('message', ({ id, job }: { id: number; job: ReadJob | WriteJob }) => {
  let answer: Answer;
  try {
    if (job.kind === 'write') for (const file of job.files) write(job, file);
    answer = { id, ...(job.kind === 'read' && { results: job.names.map((name) => read(job, name)) }) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    answer = { id, errorMessage: message, ...(code && { errorCode: code }) };
  }
  const contents = answer.results?.flatMap((one) =>
    one?.content ? [one.content.buffer as ArrayBuffer] : [],
  );
  parentPort?.postMessage(answer, contents ?? []);
});

function read({ folder, mostBytes, uid }: ReadJob, name: Uint8Array): ReadResult {
  let held: number | null = null;
  let opened: number | null = null;
  try {
    held = openSync(pathOf(folder, name), O_PATH | O_NOFOLLOW);
    const { mode, size, mtimeMs, nlink, uid: owner } = fstatSync(held);
    const isForeign = uid !== null && nlink > 1 && owner !== uid;
    const isRead = (mode & S_IFMT) === S_IFREG && size <= mostBytes && !isForeign;
    const stats = { mode, size, mtimeMs };
    if (!isRead || size === 0) return { stats, isForeign, content: isRead ? new Uint8Array(0) : null };
    opened = openSync(`/proc/self/fd/${held}`, O_RDONLY | O_NONBLOCK);
    const content = new Uint8Array(size);
    let length = 0;
    for (let bytes = -1; bytes !== 0 && length < size; length += bytes) {
      bytes = readSync(opened, content, length, size - length, length);
    }
    return { stats, isForeign, content: content.subarray(0, length) };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  } finally {
    if (opened !== null) closeSync(opened);
    if (held !== null) closeSync(held);
  }
}

function write({ folder, owner }: WriteJob, file: WriteJob['files'][number]): void {
  const opened = openSync(pathOf(folder, file.name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    for (let written = 0; written < file.content.length; ) {
      written += writeSync(opened, file.content, written);
    }
    if (owner) fchownSync(opened, owner.uid, owner.gid);
    fchmodSync(opened, file.mode);
    futimesSync(opened, file.modifiedMs / 1000, file.modifiedMs / 1000);
  } finally {
    closeSync(opened);
  }
}

function pathOf(folder: string, name: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), name]);
}
