import { createReadStream, type ReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

export interface InterfaceFile {
  path: string;
  type: string;
  sizeBytes: number;
  etag: string;
  /** Its name holds a hash of its content, so it never changes. */
  isImmutable: boolean;
  /** `br`, `gzip`: ready-made smaller versions beside it. */
  encodings: Map<string, { path: string; sizeBytes: number }>;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
const rescanAfterMs = 1000;

/** The built interface. Only files that were found in its folder can be asked for, by their exact names. */
export class InterfaceFiles {
  readonly #folder: string;
  #files = new Map<string, InterfaceFile>();
  #scannedAt = Number.NEGATIVE_INFINITY;
  #scanning: Promise<void> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file of a URL's path (`/assets/app-1a2b.js`); undefined when there is none. */
  async find(urlPath: string): Promise<InterfaceFile | undefined> {
    const known = this.#files.get(urlPath);
    if (known && (known.isImmutable || performance.now() - this.#scannedAt < rescanAfterMs)) return known;
    if (performance.now() - this.#scannedAt >= rescanAfterMs) {
      // Whoever asks during a scan waits for it too: before the first one is done, no file is known.
      this.#scanning ??= this.#scan().finally(() => {
        this.#scanning = undefined;
      });
      await this.#scanning;
    }
    return this.#files.get(urlPath);
  }

  /** The file, or the smallest version of it that the browser takes. */
  open(
    file: InterfaceFile,
    acceptEncoding: string,
  ): { stream: () => ReadStream; sizeBytes: number; encoding?: string } {
    for (const [encoding, smaller] of file.encodings) {
      if (!acceptEncoding.includes(encoding)) continue;
      return { stream: () => createReadStream(smaller.path), sizeBytes: smaller.sizeBytes, encoding };
    }
    return { stream: () => createReadStream(file.path), sizeBytes: file.sizeBytes };
  }

  async #scan(): Promise<void> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const found = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const paths = new Set(found);
    const files = new Map<string, InterfaceFile>();
    for (const path of found) {
      if (/\.(br|gz|map)$/.test(path)) continue;
      const urlPath = `/${relative(this.#folder, path).split(sep).join('/')}`;
      files.set(urlPath, await describe(path, urlPath, paths));
    }
    this.#files = files;
    this.#scannedAt = performance.now();
  }
}

async function describe(path: string, urlPath: string, paths: Set<string>): Promise<InterfaceFile> {
  const { size, mtimeMs } = await stat(path);
  const encodings: InterfaceFile['encodings'] = new Map();
  for (const [encoding, suffix] of [
    ['br', '.br'],
    ['gzip', '.gz'],
  ] as const) {
    if (paths.has(path + suffix)) {
      encodings.set(encoding, { path: path + suffix, sizeBytes: (await stat(path + suffix)).size });
    }
  }
  return {
    path,
    type: types[extname(path)] ?? 'application/octet-stream',
    sizeBytes: size,
    etag: `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`,
    isImmutable: urlPath.startsWith('/assets/'),
    encodings,
  };
}
