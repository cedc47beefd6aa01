import { finished, type Readable } from 'node:stream';
import { chunkBytes } from './quota.ts';

/**
 * A stream as whatever has come of it by now, up to about 512 KiB: the slower its reader is, the more he gets at once. It
 * goes on coming while the reader is busy.
 */
export async function* gathered(source: Readable): AsyncGenerator<Buffer[], void> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  let end: { error: Error | null | undefined } | undefined;
  let wake = () => {};
  const take = (piece: Buffer) => {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= chunkBytes / 2) source.pause();
    wake();
  };
  const stopListening = finished(source, { writable: false }, (error) => {
    end = { error };
    wake();
  });
  source.on('data', take);
  try {
    while (!end?.error) {
      if (pieces.length > 0) {
        const batch = pieces;
        pieces = [];
        bytes = 0;
        source.resume();
        yield batch;
      } else if (end) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    throw end.error;
  } finally {
    stopListening();
    source.off('data', take);
    // Nobody listens any more, and what has failed may fail once more.
    source.on('error', () => {}).destroy();
  }
}
