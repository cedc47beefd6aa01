import { AppError } from '@catalyst/shared/contract/errors';
import { errorCode } from './file-errors.ts';
import type { Folder } from './folder.ts';

const defaultNamesAtOnce = 32;
// Two descriptors each. What is nested deeper waits, held open, until these are done.
const mostLevels = 64;
const mostWaiting = 256;

/** A way is the names from the first folder to the one that is visited. */
interface TreeVisitor {
  /** How many entries are shown at a time at most, 32 when left out. */
  namesAtOnce?: number;
  /** Every folder, the first included, before what is in it. */
  folder(folder: Folder, way: readonly Buffer[]): Promise<void>;
  /** False leaves out a folder with all that is in it; all are visited when this is left out. */
  enters?(parent: Folder, name: Buffer, way: readonly Buffer[]): Promise<boolean>;
  /** What is not a folder, some at a time. An entry may be gone or another by now. */
  entries(parent: Folder, names: readonly Buffer[], way: readonly Buffer[]): Promise<void>;
}

/**
 * Goes through a whole tree without following links or crossing into mounts, in memory that does not grow with it.
 * Returns how many mounts were left out. Throws `limit_reached` for trees that are deep and wide beyond all use.
 */
export async function visitTree(start: Folder, visitor: TreeVisitor, signal?: AbortSignal): Promise<number> {
  const waiting: { folder: Folder; way: readonly Buffer[] }[] = [];
  const { namesAtOnce = defaultNamesAtOnce } = visitor;
  let mounts = 0;

  const visit = async (folder: Folder, level: number, way: readonly Buffer[]): Promise<void> => {
    signal?.throwIfAborted();
    await visitor.folder(folder, way);
    for await (const batch of folder.entries()) {
      signal?.throwIfAborted();
      const names = batch.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
      for (let start = 0; start < names.length; start += namesAtOnce) {
        signal?.throwIfAborted();
        await visitor.entries(folder, names.slice(start, start + namesAtOnce), way);
      }
      for (const { name } of batch.filter((entry) => entry.isDirectory())) {
        await descend(folder, name, level, way);
      }
    }
  };

  const descend = async (
    parent: Folder,
    name: Buffer,
    level: number,
    above: readonly Buffer[],
  ): Promise<void> => {
    if (visitor.enters && !(await visitor.enters(parent, name, above))) return;
    const child = await parent.enter(name).catch(undefinedIfGone);
    if (!child) return;
    const way = [...above, name];
    let mustWait = false;
    try {
      if (child.mount !== parent.mount) mounts += 1;
      else if (level < mostLevels) await visit(child, level + 1, way);
      else {
        if (waiting.length >= mostWaiting) {
          throw new AppError('limit_reached', 'Too many folders are nested too deep in each other');
        }
        waiting.push({ folder: child, way });
        mustWait = true;
      }
    } finally {
      if (!mustWait) child[Symbol.dispose]();
    }
  };

  try {
    await visit(start, 1, []);
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      using folder = next.folder;
      await visit(folder, 1, next.way);
    }
  } finally {
    for (const { folder } of waiting) folder[Symbol.dispose]();
  }
  return mounts;
}

// Deleted or replaced between the listing and now: then it is not part of the tree any more.
function undefinedIfGone(error: unknown): undefined {
  const code = errorCode(error);
  if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ELOOP') throw error;
}
