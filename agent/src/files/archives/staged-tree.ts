import { link, mkdir } from 'node:fs/promises';
import { type Access, give } from '../access.ts';
import { removeTree } from '../delete-tree.ts';
import { allocatedBytesOf } from '../entry-stats.ts';
import type { Folder } from '../folder.ts';
import { createLink, refuseUnlessInside } from '../links.ts';
import { newFolderBytes } from '../make-folder.ts';
import { remember } from '../replace-file.ts';
import { splitAtSlashes } from '../server-path.ts';
import { temporaryName } from '../temporary-name.ts';
import { writeFully, writeSource } from '../write-chunks.ts';
import { type ArchiveEntry, isPlainTarget, namesOf, refusedEntry } from './archive-entry.ts';
import { KnownPaths } from './known-paths.ts';

const filesAtOnce = 16;
const blockBytes = 4096;

interface StagedTreeOptions {
  /** Names that do not exist yet below the folder: all goes into them. */
  missing: readonly Buffer[];
  /** The names from the server's folder to the one that is unpacked into, by which is seen where links lead. */
  way: readonly Buffer[];
  signal: AbortSignal | undefined;
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
  readonly #known = new KnownPaths();
  readonly #remembered: Disposable;
  /** The folders from the top one to that of the latest entry, held open. */
  readonly #open: { name: Buffer; folder: Folder }[] = [];
  readonly #writing = new Set<Promise<void>>();
  #failure: { error: unknown } | null = null;

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
    if (this.#failure) throw this.#failure.error;
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
    await Promise.all(this.#writing);
    if (this.#failure) throw this.#failure.error;
    await this.#enter(this.#options.missing);
  }

  /** Takes away what was not moved out of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#writing);
    this.#leave(0);
    this.root[Symbol.dispose]();
    const { parent, name } = this.#place;
    // What is left over is found again by its name.
    await removeTree(this.#access, parent, name).catch(() => {});
    this.#remembered[Symbol.dispose]();
  }

  async #enter(names: readonly Buffer[]): Promise<Folder> {
    const same = names.findIndex((name, index) => !this.#open[index]?.name.equals(name));
    this.#leave(same === -1 ? names.length : same);
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
    if (this.#writing.size >= filesAtOnce) await Promise.race(this.#writing);
    const writing = this.#write(folder, name, entry, content)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
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
    await handle.chmod(((mode ?? 0o644) & 0o777) | 0o600);
    await handle.utimes(modifiedAt, modifiedAt);
    reservation.settle(Math.ceil(sizeBytes / blockBytes) * blockBytes);
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
    await Promise.all(this.#writing);
    if (this.#failure) throw this.#failure.error;
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

async function wholeOf(body: ReturnType<ArchiveEntry['body']>): Promise<Buffer> {
  if (body instanceof Promise) return body;
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

function undefinedIfMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
