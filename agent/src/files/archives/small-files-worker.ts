import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lstatSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { parentPort } from 'node:worker_threads';

// The value of every architecture Node runs on, for which it has no name.
const O_PATH = 0o10000000;
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY, S_IFMT, S_IFREG } = constants;

/** What is read at a time, beyond its last file; the names after that are left for the next job. */
const mostBytesAtOnce = 2 * 1024 * 1024;
const pieceBytes = 512 * 1024;

/** The folder is a path of an open descriptor; the names are followed nowhere. */
export interface ReadJob {
  kind: 'read';
  folder: string;
  names: Uint8Array[];
  /** How large a file may be that is read; null when only the sizes are wanted. */
  mostBytes: number | null;
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
  const pieces = new Pieces();
  let answer: Answer = { id };
  try {
    if (job.kind === 'write') for (const file of job.files) write(job, file);
    else answer = { id, results: readAll(job, pieces) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    answer = { id, errorMessage: message, ...(code && { errorCode: code }) };
  }
  parentPort?.postMessage(answer, answer.results ? pieces.all : []);
});

/** Many contents share one piece of memory: each of its own would have to be cleared, handed over and collected. */
class Pieces {
  readonly all: ArrayBuffer[] = [];
  takenBytes = 0;
  #free: Uint8Array = new Uint8Array(0);

  take(length: number): Uint8Array {
    if (this.#free.length < length) {
      const piece = new ArrayBuffer(Math.max(pieceBytes, length));
      this.all.push(piece);
      this.#free = new Uint8Array(piece);
    }
    const taken = this.#free.subarray(0, length);
    this.#free = this.#free.subarray(length);
    this.takenBytes += length;
    return taken;
  }
}

function readAll(job: ReadJob, pieces: Pieces): ReadResult[] {
  const results: ReadResult[] = [];
  for (const name of job.names) {
    if (pieces.takenBytes >= mostBytesAtOnce) break;
    results.push(unlessGone(() => (job.mostBytes === null ? look(job, name) : read(job, name, pieces))));
  }
  return results;
}

function look({ folder, uid }: ReadJob, name: Uint8Array): ReadResult {
  const { mode, size, mtimeMs, nlink, uid: owner } = lstatSync(pathOf(folder, name));
  return {
    stats: { mode, size, mtimeMs },
    isForeign: uid !== null && nlink > 1 && owner !== uid,
    content: null,
  };
}

function read({ folder, mostBytes, uid }: ReadJob, name: Uint8Array, pieces: Pieces): ReadResult {
  let held: number | null = null;
  let opened: number | null = null;
  try {
    held = openSync(pathOf(folder, name), O_PATH | O_NOFOLLOW);
    const { mode, size, mtimeMs, nlink, uid: owner } = fstatSync(held);
    const isForeign = uid !== null && nlink > 1 && owner !== uid;
    const isRead = (mode & S_IFMT) === S_IFREG && size <= (mostBytes ?? -1) && !isForeign;
    const stats = { mode, size, mtimeMs };
    if (!isRead || size === 0) return { stats, isForeign, content: isRead ? new Uint8Array(0) : null };
    opened = openSync(`/proc/self/fd/${held}`, O_RDONLY | O_NONBLOCK);
    const content = pieces.take(size);
    let length = 0;
    for (let bytes = -1; bytes !== 0 && length < size; length += bytes) {
      bytes = readSync(opened, content, length, size - length, length);
    }
    return { stats, isForeign, content: content.subarray(0, length) };
  } finally {
    if (opened !== null) closeSync(opened);
    if (held !== null) closeSync(held);
  }
}

function unlessGone(act: () => ReadResult): ReadResult {
  try {
    return act();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
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
