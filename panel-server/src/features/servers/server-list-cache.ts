/** Bytes of all cached pages together. */
const maxBytes = 32_000_000;

/**
 * Whole pages of the server list as they go over the wire, until any server changes. Everyone with the same rights
 * asks for the same page again and again; making it costs a hundred times what sending it does.
 */
export class ServerListCache {
  readonly #pages = new Map<string, Promise<Buffer>>();
  #bytes = 0;

  invalidate(): void {
    this.#pages.clear();
    this.#bytes = 0;
  }

  /** The page under this key, made when there is none. Whoever asks while it is made waits for the same one. */
  get(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const cached = this.#pages.get(key);
    if (cached) return cached;
    const page = make();
    this.#pages.set(key, page);
    page.then(
      (bytes) => this.#keep(key, page, bytes.length),
      () => this.#pages.delete(key),
    );
    return page;
  }

  #keep(key: string, page: Promise<Buffer>, bytes: number): void {
    // Something changed while it was made: it is an answer to those who asked, but no longer to others.
    if (this.#pages.get(key) !== page) return;
    this.#bytes += bytes;
    if (this.#bytes > maxBytes) this.invalidate();
  }
}
