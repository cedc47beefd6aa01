import { link, mkdir } from 'node:fs/promises';
import { type Access, give } from '../access.ts';
import { removeTree } from '../delete-tree.ts';
import { allocatedBytesOf } from '../entry-stats.ts';
import type { Folder } from '../folder.ts';
import { createLink, refuseUnlessInside } from '../links.ts';
import { newFolderBytes } from '../make-folder.ts';
import { chunkBytes } from '../quota.ts';
import { remember } from '../replace-file.ts';
import { splitAtSlashes } from '../server-path.ts';
import { temporaryName } from '../temporary-name.ts';
import { writeFully, writeSource } from '../write-chunks.ts';
import { type ArchiveEntry, isPlainTarget, namesOf, refusedEntry } from './archive-entry.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { KnownPaths } from './known-paths.ts';
import { SmallFiles } from './small-files.ts';
import type { WriteJob } from './small-files-worker.ts';

const filesAtOnce = 64;
const blockBytes = 4096;

interface StagedTreeOptions {
  limits: ArchiveLimits;
  /** Names that do not exist yet below the folder: all goes into them. */
  missing: readonly Buffer[];
  /** The names from the server's folder to the one that is unpacked into, by which is seen where links lead. */
  way: readonly Buffer[];
  signal: AbortSignal | undefined;
}

/** Small files of one folder that are written together. */
interface Batch {
  folder: Folder;
  hold: NonNullable<Folder['held']>;
  files: WriteJob['files'];
  bytes: number;
}

/**
 * What an archive holds, in a hidden folder that only the agent gets into until all of it is good. Every name is made
 * here and only once, so no link of the archive is ever gone through.
 */
export class StagedTree implements AsyncDisposable {
  readonly root: Folder;
  readonly #access: Access;
  readonly #place: { parent: Folder; name: Buffer };
  readonly #options: StagedTreeOptions;
  readonly #known: KnownPaths;
  readonly #remembered: Disposable;
  /** The folders from the top one to that of the latest entry, held open. */
  readonly #open: { name: Buffer; folder: Folder }[] = [];
  readonly #smallFiles = SmallFiles.open();
  #batch: Batch | null = null;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    access: Access,
    place: { parent: Folder; name: Buffer },
    root: Folder,
    options: StagedTreeOptions,
    remembered: Disposable,
  ) {
    this.#access = access;
    this.#place = place;
    this.root = root;
    this.#options = options;
    this.#known = new KnownPaths(options.limits);
    this.#remembered = remembered;
  }

  static async make(access: Access, parent: Folder, options: StagedTreeOptions): Promise<StagedTree> {
    const name = temporaryName();
    const remembered = remember(access.temporaries, name);
    using reservation = access.quota.reserve(newFolderBytes);
    await parent.at(name, (path) => mkdir(path, 0o700));
    const root = await parent.enter(name);
    reservation.settle(allocatedBytesOf(await root.stat()));
    return new StagedTree(access, { parent, name }, root, options, remembered);
  }

  /** Small files are written while the next entries are read; `finish` waits for them. */
  async add(entry: ArchiveEntry): Promise<void> {
    const names = namesOf(entry.path);
    if (names.length === 0 && entry.type !== 'folder') throw refusedEntry(entry.path, 'has no name');
    this.#known.add(names, entry);
    const whole = [...this.#options.missing, ...names];
    if (entry.type === 'folder') {
      const folder = await this.#enter(whole);
      if (entry.mode !== null && names.length > 0) await folder.chmod((entry.mode & 0o777) | 0o700);
      return;
    }
    const folder = await this.#enter(whole.slice(0, -1));
    const name = whole.at(-1) as Buffer;
    if (entry.type === 'link') await this.#link(folder, name, names, entry);
    else if (entry.type === 'hard_link') await this.#hardLink(folder, name, entry);
    else await this.#file(folder, name, entry);
  }

  /** Resolves when everything is written. An archive of nothing still makes the folder it was to go into. */
  async finish(): Promise<void> {
    await this.#written();
    await this.#enter(this.#options.missing);
  }

  /** Takes away what was not moved out of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#smallFiles[Symbol.asyncDispose]();
    this.#leave(0);
    this.root[Symbol.dispose]();
    const { parent, name } = this.#place;
    // What is left over is found again by its name.
    await removeTree(this.#access, parent, name).catch(() => {});
    this.#remembered[Symbol.dispose]();
  }

  async #written(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  async #enter(names: readonly Buffer[]): Promise<Folder> {
    const same = names.findIndex((name, index) => !this.#open[index]?.name.equals(name));
    const kept = same === -1 ? names.length : same;
    // What is still to be written there needs the folder.
    if (kept < this.#open.length) await this.#flush();
    this.#leave(kept);
    for (const name of names.slice(this.#open.length)) {
      const parent = this.#open.at(-1)?.folder ?? this.root;
      this.#open.push({ name, folder: await this.#enterOrMake(parent, name) });
    }
    return this.#open.at(-1)?.folder ?? this.root;
  }

  #leave(level: number): void {
    for (const { folder } of this.#open.splice(level)) folder[Symbol.dispose]();
  }

  async #enterOrMake(parent: Folder, name: Buffer): Promise<Folder> {
    const there = await parent.enter(name).catch(undefinedIfMissing);
    if (there) return there;
    using reservation = this.#access.quota.reserve(newFolderBytes);
    await parent.at(name, (path) => mkdir(path, 0o755));
    const made = await parent.enter(name);
    await made.chmod(0o755);
    await give(made, this.#access.owner);
    reservation.settle(newFolderBytes);
    return made;
  }

  async #file(folder: Folder, name: Buffer, entry: ArchiveEntry): Promise<void> {
    const body = entry.body();
    if (!(body instanceof Promise)) return this.#write(folder, name, entry, body);
    const content = await body;
    if (!folder.held) return this.#write(folder, name, entry, content);
    if (this.#batch?.folder !== folder) await this.#flush();
    this.#batch ??= { folder, hold: folder.held.bind(folder), files: [], bytes: 0 };
    const { mode, modifiedAt } = entry;
    const modifiedMs = modifiedAt.getTime();
    this.#batch.files.push({ name, content, mode: modeOf(mode), modifiedMs });
    this.#batch.bytes += content.length;
    if (this.#batch.files.length >= filesAtOnce || this.#batch.bytes >= chunkBytes) await this.#flush();
  }

  /** Begins to write the small files that have come together, and waits until those before them are written. */
  async #flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = null;
    if (!batch) return;
    const writing = batch.hold((path) => this.#writeBatch(path, batch.files));
    const previous = this.#writing;
    this.#writing = writing;
    // Told when its turn comes.
    writing.catch(() => {});
    await previous;
  }

  async #writeBatch(folder: string, files: WriteJob['files']): Promise<void> {
    const { uid, gid, mustBeGiven } = this.#access.owner;
    const owner = mustBeGiven && uid !== undefined && gid !== undefined ? { uid, gid } : null;
    const bytes = files.reduce((sum, { content }) => sum + allocatedFor(content.length), 0);
    using reservation = this.#access.quota.reserve(bytes);
    await this.#smallFiles.write({ folder, files, owner });
    reservation.settle(bytes);
  }

  async #write(
    folder: Folder,
    name: Buffer,
    { mode, modifiedAt }: ArchiveEntry,
    content: Buffer | AsyncIterable<Buffer>,
  ): Promise<void> {
    const { signal } = this.#options;
    const isWhole = Buffer.isBuffer(content);
    using reservation = this.#access.quota.reserve(isWhole ? content.length : 0);
    await using handle = await folder.createFile(name);
    let sizeBytes = 0;
    if (isWhole) {
      await writeFully(handle, content, 0);
      sizeBytes = content.length;
    } else sizeBytes = await writeSource(handle, content, reservation, signal);
    await give(handle, this.#access.owner);
    await handle.chmod(modeOf(mode));
    await handle.utimes(modifiedAt, modifiedAt);
    reservation.settle(allocatedFor(sizeBytes));
  }

  async #link(folder: Folder, name: Buffer, names: readonly Buffer[], entry: ArchiveEntry): Promise<void> {
    const text = entry.leadsTo ?? (await wholeOf(entry.body()));
    const way = [...this.#options.way, ...this.#options.missing, ...names.slice(0, -1)];
    if (!isPlainTarget(text, way.length))
      throw refusedEntry(entry.path, "is a link out of the server's folder");
    await refuseUnlessInside(
      this.#access.root,
      way,
      splitAtSlashes(text).filter((part) => part.length > 0),
    );
    await createLink(this.#access, folder, name, text);
  }

  /** Only to a file of the same archive, which is made by now. */
  async #hardLink(folder: Folder, name: Buffer, entry: ArchiveEntry): Promise<void> {
    const target = namesOf(entry.leadsTo ?? Buffer.alloc(0));
    if (!this.#known.isFile(target))
      throw refusedEntry(entry.path, 'is a hard link to what is not in the archive');
    await this.#written();
    const [first, ...above] = [...this.#options.missing, ...target].reverse();
    let parent = this.root;
    try {
      for (const next of above.reverse()) {
        const child = await parent.enter(next);
        if (parent !== this.root) parent[Symbol.dispose]();
        parent = child;
      }
      await parent.at(first as Buffer, (from) => folder.at(name, (to) => link(from, to)));
    } finally {
      if (parent !== this.root) parent[Symbol.dispose]();
    }
  }
}

/** Closed to others, never to its owner, who must be able to delete it. */
const modeOf = (mode: number | null) => ((mode ?? 0o644) & 0o777) | 0o600;

const allocatedFor = (sizeBytes: number) => Math.ceil(sizeBytes / blockBytes) * blockBytes;

async function wholeOf(body: ReturnType<ArchiveEntry['body']>): Promise<Buffer> {
  if (body instanceof Promise) return body;
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

function undefinedIfMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
