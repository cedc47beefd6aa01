import { AppError } from '@catalyst/shared/contract/errors';

export const mostEntries = 100_000;
/** Of all paths together, which are kept in memory while an archive is unpacked. */
const mostPathBytes = 16 * 1024 * 1024;
/** What an archive may unpack to whatever its own size, and how many times its size beyond. */
const freeBytes = 256 * 1024 * 1024;
const mostTimesLarger = 100;

/** Counts what comes out of an archive, whatever it says of itself, and ends one that is made to fill disk or memory. */
export class ArchiveLimits {
  readonly #mostBytes: number;
  #bytes = 0;
  #entries = 0;
  #pathBytes = 0;

  constructor(archiveBytes: number) {
    this.#mostBytes = Math.max(freeBytes, archiveBytes * mostTimesLarger);
  }

  countBytes(bytes: number): void {
    this.#bytes += bytes;
    this.refuseClaim(this.#bytes);
  }

  countEntry(pathBytes: number): void {
    this.#entries += 1;
    this.#pathBytes += pathBytes;
    if (this.#entries > mostEntries) throw refused(`it holds more than ${mostEntries} entries`);
    if (this.#pathBytes > mostPathBytes) throw refused('the names in it are too long');
  }

  /** Counts the entries from the start, for a second look at the same archive. */
  restart(): void {
    this.#entries = 0;
    this.#pathBytes = 0;
  }

  refuseClaim(bytes: number): void {
    if (bytes <= this.#mostBytes) return;
    const mebibytes = Math.floor(this.#mostBytes / 1024 / 1024);
    throw refused(`it unpacks to more than ${mebibytes} MiB, far too much for its size`);
  }
}

function refused(reason: string): AppError {
  return new AppError('invalid_input', `The archive is refused: ${reason}`);
}
