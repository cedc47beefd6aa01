export interface ArchiveTotals {
  doneBytes: number;
  /** Null while it is not known. */
  totalBytes: number | null;
  doneEntries: number;
}

/** How far an archive is; tells itself at every step. */
export class ArchiveProgress {
  readonly totals: ArchiveTotals = { doneBytes: 0, totalBytes: null, doneEntries: 0 };
  readonly #onChange: (totals: ArchiveTotals) => void;

  constructor(onChange: (totals: ArchiveTotals) => void = () => {}) {
    this.#onChange = onChange;
  }

  addBytes(bytes: number): void {
    this.totals.doneBytes += bytes;
    this.#onChange(this.totals);
  }

  addEntry(): void {
    this.totals.doneEntries += 1;
    this.#onChange(this.totals);
  }

  setTotal(bytes: number): void {
    this.totals.totalBytes = bytes;
    this.#onChange(this.totals);
  }
}
