import { AppError } from '@catalyst/shared/contract/errors';
import { errorCode, systemError } from './file-errors.ts';
import type { Folder, PinnedEntry } from './folder.ts';
import { isDot, isDotDot, splitAtSlashes } from './server-path.ts';

// As in the kernel. Links may point up and down again, so the steps are counted too: a long chain of such links would
// otherwise cost millions of them.
const mostLinks = 40;
const mostSteps = 8192;

/** Where a path leads: an entry of a folder, or (without a name) a folder itself. */
interface Place extends Disposable {
  readonly folder: Folder;
  readonly name: Buffer | undefined;
  /** The names from the root to the folder, without links on the way. */
  readonly way: readonly Buffer[];
}

/** A place whose last link, too, was followed. The entry is undefined when there is nothing of this name yet. */
interface Target extends AsyncDisposable {
  readonly folder: Folder;
  readonly name: Buffer | undefined;
  readonly entry: PinnedEntry | undefined;
}

/** For what acts on the entry itself (delete, rename, lstat): links on the way are followed, the last is not. */
export async function walkToEntry(root: Folder, names: readonly Buffer[]): Promise<Place> {
  const walk = new Walk(root, names);
  try {
    while (walk.namesLeft > 1) await walk.step();
    return walk.finish();
  } catch (error) {
    walk.abandon();
    throw error;
  }
}

/** For what acts on contents (read, write). */
export async function walkToTarget(root: Folder, names: readonly Buffer[]): Promise<Target> {
  const walk = new Walk(root, names);
  try {
    while (true) {
      while (walk.namesLeft > 1) await walk.step();
      const name = walk.lastPlainName();
      if (!name) {
        if (walk.namesLeft > 0) {
          await walk.step();
          continue;
        }
        return targetOf(walk.finish(), undefined);
      }
      const entry = await walk.folder.pin(name).catch(undefinedIfMissing);
      if (!entry?.stats.isSymbolicLink()) return targetOf(walk.finish(), entry);
      await entry[Symbol.asyncDispose]();
      await walk.followLink(name);
    }
  } catch (error) {
    walk.abandon();
    throw error;
  }
}

/** Makes a folder that is missing on the way, or finds that somebody else just has. */
type MakeMissing = (parent: Folder, name: Buffer) => Promise<void>;

/** For what acts on a folder's entries (list, measure). */
export async function walkToFolder(
  root: Folder,
  names: readonly Buffer[],
  makeMissing?: MakeMissing,
): Promise<Place> {
  const walk = new Walk(root, names, makeMissing);
  try {
    while (walk.namesLeft > 0) await walk.step();
    return walk.finish();
  } catch (error) {
    walk.abandon();
    throw error;
  }
}

/**
 * One name at a time, from the root down. A link is never opened: its text is read and walked like a path of its own,
 * from the folder it is in, and may not leave the root. `..` goes back by walking from the root again, since what is
 * above an open folder may have been moved elsewhere.
 */
class Walk {
  folder: Folder;
  readonly #root: Folder;
  readonly #makeMissing: MakeMissing | undefined;
  readonly #passed: Buffer[] = [];
  #left: Buffer[];
  #links = 0;
  #steps = 0;

  constructor(root: Folder, names: readonly Buffer[], makeMissing?: MakeMissing) {
    this.#root = root;
    this.#makeMissing = makeMissing;
    this.folder = root;
    this.#left = [...names].reverse();
  }

  get namesLeft(): number {
    return this.#left.length;
  }

  /** The name that is left, unless it is one that only moves within the walk. */
  lastPlainName(): Buffer | undefined {
    const name = this.#left.at(-1);
    return name && !isDot(name) && !isDotDot(name) ? name : undefined;
  }

  async step(): Promise<void> {
    this.#count();
    const name = this.#left.pop();
    if (!name || isDot(name)) return;
    if (isDotDot(name)) {
      await this.#goUp();
      return;
    }
    try {
      this.#moveTo(await this.folder.enter(name));
      this.#passed.push(name);
    } catch (error) {
      this.#left.push(name);
      const code = errorCode(error);
      if (code === 'ENOENT' && this.#makeMissing) await this.#makeMissing(this.folder, name);
      else if (code === 'ENOTDIR' || code === 'ELOOP') await this.followLink(name);
      else throw error;
    }
  }

  /** Puts what the link says in the place of its name, which is the next one. */
  async followLink(name: Buffer): Promise<void> {
    this.#links += 1;
    if (this.#links > mostLinks) throw systemError('ELOOP');
    const text = await this.folder.readLink(name).catch((error: unknown) => {
      throw errorCode(error) === 'EINVAL' ? systemError('ENOTDIR') : error;
    });
    const names = splitAtSlashes(text);
    if (text[0] === 0x2f) throw leadsOutside();
    this.#left.pop();
    this.#left.push(...names.filter((part) => part.length > 0).reverse());
  }

  finish(): Place {
    const { folder } = this;
    const root = this.#root;
    return {
      folder,
      name: this.#left[0],
      way: [...this.#passed],
      [Symbol.dispose]: () => {
        if (folder !== root) folder[Symbol.dispose]();
      },
    };
  }

  abandon(): void {
    this.#moveTo(this.#root);
  }

  async #goUp(): Promise<void> {
    if (this.#passed.length === 0) throw leadsOutside();
    this.#passed.pop();
    for (let next = this.#left.at(-1); next && isDotDot(next); next = this.#left.at(-1)) {
      if (this.#passed.length === 0) throw leadsOutside();
      this.#passed.pop();
      this.#left.pop();
    }
    this.#moveTo(this.#root);
    for (const name of this.#passed) {
      this.#count();
      this.#moveTo(await this.folder.enter(name));
    }
  }

  #moveTo(folder: Folder): void {
    if (this.folder !== this.#root) this.folder[Symbol.dispose]();
    this.folder = folder;
  }

  #count(): void {
    this.#steps += 1;
    if (this.#steps > mostSteps) throw systemError('ELOOP');
  }
}

function targetOf(place: Place, entry: PinnedEntry | undefined): Target {
  return {
    folder: place.folder,
    name: place.name,
    entry,
    [Symbol.asyncDispose]: async () => {
      place[Symbol.dispose]();
      await entry?.[Symbol.asyncDispose]();
    },
  };
}

function undefinedIfMissing(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}

export function leadsOutside(): AppError {
  return new AppError('bad_request', "This link leads out of the server's folder");
}
