import type { Progress } from '../../runtime.ts';

const intervalMs = 100;

/** Adds up what parallel downloads and unpacked layers report, and tells it at most ten times a second. */
export class PullProgress {
  readonly #reference: string;
  readonly #report: (progress: Progress) => void;
  readonly #downloaded = new Map<string, number>();
  #totalBytes: number | null = null;
  #unpackedBytes = 0;
  #told: { text: string; at: number } | null = null;

  constructor(reference: string, report: (progress: Progress) => void) {
    this.#reference = reference;
    this.#report = report;
    this.#tell(`Asking for ${reference}`, 0);
  }

  /** Of all layers together, packed. */
  begin(totalBytes: number): void {
    this.#totalBytes = totalBytes;
    this.#tellDownload();
  }

  /** So much of one layer is here. */
  downloaded(digest: string, bytes: number): void {
    this.#downloaded.set(digest, bytes);
    this.#tellDownload();
  }

  /** One more layer is unpacked; shown once all are downloaded. */
  unpacked(packedBytes: number): void {
    this.#unpackedBytes += packedBytes;
    this.#tellDownload();
  }

  #tellDownload(): void {
    const doneBytes = [...this.#downloaded.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (doneBytes < (this.#totalBytes ?? 0)) this.#tell(`Downloading ${this.#reference}`, doneBytes);
    else this.#tell(`Unpacking ${this.#reference}`, this.#unpackedBytes);
  }

  #tell(text: string, doneBytes: number): void {
    const isEnd = doneBytes === this.#totalBytes;
    const isDue = this.#told?.text !== text || performance.now() - this.#told.at >= intervalMs;
    if (!isEnd && !isDue) return;
    this.#told = { text, at: performance.now() };
    this.#report({ text, doneBytes, totalBytes: this.#totalBytes });
  }
}
