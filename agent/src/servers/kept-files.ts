import { lstat, mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import { Id } from '@catalyst/shared/contract/values';
import { KeptAs, type keptAgentCalls } from '@catalyst/shared/features/kept-link';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import { z } from 'zod';
import { errorCode } from '../files/file-errors.ts';

const mostListed = 1000;

const Label = KeptAs.extend({ keptAt: z.number(), sizeBytes: z.number().min(0).nullable() });
type Label = z.output<typeof Label>;

/** The files of servers that were deleted and shall stay, each in a folder named after its server with a label beside. */
export class KeptFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Moves a server's folder here. Does nothing when there is none, and what is here from an earlier attempt stays. */
  async take(serverId: string, path: string, about: Omit<Label, 'keptAt'>): Promise<void> {
    if (!(await isFolder(path))) return;
    const place = join(this.#folder, serverId);
    await mkdir(place, { recursive: true, mode: 0o700 });
    const label: Label = { ...about, keptAt: Date.now() };
    await writeFileAtomically(join(place, 'kept.json'), JSON.stringify(label));
    try {
      await rename(path, join(place, 'files'));
    } catch (error) {
      if (errorCode(error) === 'EXDEV') {
        await rm(join(place, 'kept.json'), { force: true });
        await rmdir(place).catch(() => {});
        const message = 'The files cannot be kept here: the folder of the servers is on a disk of its own';
        throw new AppError('conflict', message);
      }
      throw error;
    }
  }

  /** Newest first. */
  async list(): Promise<(Label & { serverId: string })[]> {
    const names = await readdir(this.#folder);
    // Ids grow with time, and what is behind the most would not be shown.
    const ids = names
      .filter((name) => Id.safeParse(name).success)
      .sort()
      .slice(-mostListed);
    const items = await Promise.all(
      ids.map(async (serverId) => ({ serverId, ...(await this.#label(serverId)) })),
    );
    return items.sort((left, right) => right.keptAt - left.keptAt);
  }

  /** Answers what it was called. Throws `not_found`. */
  async wipe(serverId: string): Promise<string> {
    const place = join(this.#folder, serverId);
    if (!(await isFolder(place)))
      throw new AppError('not_found', 'The node has no kept files of this server');
    const { name } = await this.#label(serverId);
    // What it holds goes first: its label stays for as long as there is anything to wipe.
    await rm(join(place, 'files'), { recursive: true, force: true });
    await rm(place, { recursive: true, force: true });
    return name;
  }

  async #label(serverId: string): Promise<Label> {
    const place = join(this.#folder, serverId);
    try {
      return Label.parse(JSON.parse(await readFile(join(place, 'kept.json'), 'utf8')));
    } catch {
      const { mtimeMs } = await lstat(place);
      return { name: serverId, template: '', keptAt: mtimeMs, sizeBytes: null };
    }
  }
}

/** A link is none, whatever it leads to. */
async function isFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  return found?.isDirectory() ?? false;
}

export const keptCallHandlers = (kept: KeptFiles): CallHandlers<typeof keptAgentCalls> => ({
  'kept:list': async () => ({ items: await kept.list() }),
  'kept:wipe': async ({ serverId }) => ({ name: await kept.wipe(serverId) }),
});
