import type { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import type { Logger } from '../../../logger.ts';
import type { ImageSummary } from './image-inventory.ts';
import { parseImageName } from './image-reference.ts';
import type { EnsureOptions, ImageStore, ImportOptions } from './image-store.ts';
import type { ImportedImages } from './imported-images.ts';

interface ImageKeeperParts {
  store: ImageStore;
  imported: ImportedImages;
  /** Of all servers here. */
  specs: () => readonly ServerSpec[];
  log: Pick<Logger, 'info' | 'warn'>;
}

interface KeptImage extends ImageSummary {
  isImported: boolean;
  /** Of the servers that are made of it, or will be at their next start. */
  serverIds: string[];
}

/** Unused for so long, an image goes by itself; the next start that wants it fetches it again. */
const unusedForDays = 7;
const firstPruneMs = 60 * 60 * 1000;
const pruneEveryMs = 24 * firstPruneMs;

/** The images of this node, seen together with its servers: which ones need them, and which images may go. */
export class ImageKeeper {
  readonly #parts: ImageKeeperParts;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ImageKeeperParts) {
    this.#parts = parts;
  }

  /** From now on unused images are removed once a day. */
  keepTidy(): void {
    const tidy = async () => {
      await this.prune({ unusedForDays }).catch((err) =>
        this.#parts.log.warn({ err }, 'Unused images could not be removed; it is tried again tomorrow'),
      );
      this.#timer = setTimeout(tidy, pruneEveryMs).unref();
    };
    this.#timer = setTimeout(tidy, firstPruneMs).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  async list(): Promise<KeptImage[]> {
    const { store, imported } = this.#parts;
    const images = await store.list();
    const wanted = this.#wanted();
    return images.map((image) => {
      // A container is named after its server and the start it belongs to.
      const running = image.usedBy.map((containerId) => containerId.split('.', 1)[0] as string);
      const serverIds = [...new Set([...(wanted.get(image.reference) ?? []), ...running])];
      return { ...image, isImported: imported.has(image.reference), serverIds };
    });
  }

  /** Answers its canonical name. Then a registry has it, whatever it was before. */
  async fetch(reference: string, options: EnsureOptions): Promise<string> {
    const ready = await this.#parts.store.ensure(reference, options);
    if (options.refresh) await this.#parts.imported.remove(ready.reference);
    return ready.reference;
  }

  async import(archive: Readable, options: ImportOptions): Promise<string[]> {
    const ready = await this.#parts.store.import(archive, options);
    const references = ready.map(({ reference }) => reference);
    await this.#parts.imported.add(references);
    return references;
  }

  /** Rejects with `not_found`, or with `conflict` while a server needs it. */
  async remove(reference: string): Promise<{ freedBytes: number }> {
    const { reference: name } = parseImageName(reference);
    const servers = this.#wanted().get(name) ?? [];
    if (servers.length > 0) {
      const count = servers.length === 1 ? 'a server needs' : `${servers.length} servers need`;
      throw new AppError('conflict', `The image ${name} stays, because ${count} it to start`);
    }
    const freed = await this.#parts.store.remove(name);
    await this.#parts.imported.remove(name);
    return freed;
  }

  /** Of what no server needs, and a registry has. */
  prune(options: { unusedForDays: number; isPreview?: boolean }) {
    const { store, imported } = this.#parts;
    const wanted = this.#wanted();
    const isWanted = (reference: string) => wanted.has(reference) || imported.has(reference);
    return store.prune({ ...options, isWanted });
  }

  /** Ids of servers by the canonical names of the images that they start from or are installed in. */
  #wanted(): Map<string, string[]> {
    const wanted = new Map<string, string[]>();
    for (const { serverId, image, install } of this.#parts.specs()) {
      for (const name of new Set([image, install.image].flatMap(canonical))) {
        wanted.set(name, [...(wanted.get(name) ?? []), serverId]);
      }
    }
    return wanted;
  }
}

/** A spec may hold anything; what is no name keeps no image. */
function canonical(reference: string | undefined): string[] {
  if (reference === undefined) return [];
  try {
    return [parseImageName(reference).reference];
  } catch {
    return [];
  }
}
