import type { FileHandle } from 'node:fs/promises';
import { chunkBytes, type Reservation } from './quota.ts';

/** Pieces that come together are written together. */
export type ByteSource = Uint8Array | AsyncIterable<Uint8Array | readonly Uint8Array[]>;

/** Writes a source from the start of a new file, each chunk reserved before it is written. Returns the bytes written. */
export async function writeSource(
  handle: FileHandle,
  source: ByteSource,
  reservation: Reservation,
  signal?: AbortSignal,
): Promise<number> {
  let position = 0;
  for await (const pieces of piecesOf(source, signal)) {
    for (const chunk of chunksOf(pieces)) {
      signal?.throwIfAborted();
      reservation.grow(chunk.length);
      await writeTogether(handle, chunk, position);
      position += chunk.length;
    }
  }
  return position;
}

/** The kernel may take fewer bytes than it was given. */
export async function writeFully(handle: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < data.length; ) {
    const { bytesWritten } = await handle.write(data, written, data.length - written, position + written);
    written += bytesWritten;
  }
}

interface Chunk {
  pieces: readonly Uint8Array[];
  length: number;
}

function* chunksOf(pieces: readonly Uint8Array[]): Generator<Chunk> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length <= chunkBytes) {
    if (length > 0) yield { pieces, length };
    return;
  }
  for (const piece of pieces) {
    for (let start = 0; start < piece.length; start += chunkBytes) {
      const part = piece.subarray(start, start + chunkBytes);
      yield { pieces: [part], length: part.length };
    }
  }
}

async function writeTogether(handle: FileHandle, { pieces, length }: Chunk, position: number): Promise<void> {
  const [first] = pieces;
  if (first && pieces.length === 1) return writeFully(handle, first, position);
  let { bytesWritten } = await handle.writev([...pieces], position);
  if (bytesWritten === length) return;
  let start = position;
  for (const piece of pieces) {
    const rest = piece.subarray(Math.min(bytesWritten, piece.length));
    await writeFully(handle, rest, start + piece.length - rest.length);
    bytesWritten -= piece.length - rest.length;
    start += piece.length;
  }
}

async function* piecesOf(source: ByteSource, signal?: AbortSignal): AsyncGenerator<readonly Uint8Array[]> {
  if (source instanceof Uint8Array) {
    yield [source];
    return;
  }
  const pieces = source[Symbol.asyncIterator]();
  let isDone = false;
  try {
    while (true) {
      const next = await untilAborted(pieces.next(), signal);
      if (next.done) break;
      yield next.value instanceof Uint8Array ? [next.value] : next.value;
    }
    isDone = true;
  } finally {
    // Not awaited: a source that hangs would hang its own ending too.
    if (!isDone) pieces.return?.()?.catch(() => {});
  }
}

/** A source that never delivers must not keep the file open for ever. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    promise.catch(() => {});
  }
}
