import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import { z } from 'zod';
import type { Logger } from '../../../logger.ts';
import { oneAtATime } from '../../../one-at-a-time.ts';

const Names = z.array(z.string());

/** Names of images that came in archives: maybe no registry has them, so nothing removes them by itself. */
export class ImportedImages {
  readonly #path: string;
  readonly #names: Set<string>;
  readonly #queue = oneAtATime();

  private constructor(path: string, names: readonly string[]) {
    this.#path = path;
    this.#names = new Set(names);
  }

  static async open(path: string, log: Pick<Logger, 'error'>): Promise<ImportedImages> {
    try {
      return new ImportedImages(path, Names.parse(JSON.parse(await readFile(path, 'utf8'))));
    } catch (err) {
      const isNew = (err as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isNew) log.error({ err, path }, 'Which images were imported is lost; import those you need again');
      return new ImportedImages(path, []);
    }
  }

  has(reference: string): boolean {
    return this.#names.has(reference);
  }

  async add(references: readonly string[]): Promise<void> {
    for (const reference of references) this.#names.add(reference);
    await this.#save();
  }

  async remove(reference: string): Promise<void> {
    if (this.#names.delete(reference)) await this.#save();
  }

  #save(): Promise<void> {
    return this.#queue(() => writeFileAtomically(this.#path, JSON.stringify([...this.#names])));
  }
}
