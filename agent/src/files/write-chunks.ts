import type { FileHandle } from 'node:fs/promises';
import { chunkBytes, type Reservation } from './quota.ts';

export type ByteSource = Uint8Array | AsyncIterable<Uint8Array>;

/** Writes a source from the start of a new file, each chunk reserved before it is written. Returns the bytes written. */
export async function writeSource(
  handle: FileHandle,
  source: ByteSource,
  reservation: Reservation,
  signal?: AbortSignal,
): Promise<number> {
  let position = 0;
  for await (const piece of piecesOf(source, signal)) {
    for (let start = 0; start < piece.length; start += chunkBytes) {
      signal?.throwIfAborted();
      const chunk = piece.subarray(start, start + chunkBytes);
      reservation.grow(chunk.length);
      await writeFully(handle, chunk, position);
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

async function* piecesOf(source: ByteSource, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) {
    yield source;
    return;
  }
  const pieces = source[Symbol.asyncIterator]();
  let isDone = false;
  try {
    while (true) {
      const next = await untilAborted(pieces.next(), signal);
      if (next.done) break;
      yield next.value;
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
