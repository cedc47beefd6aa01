import { join } from 'node:path';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import type { DataFolder } from '../../../data-folder.ts';
import type { Logger } from '../../../logger.ts';
import { ImageKeeper } from './image-keeper.ts';
import { ImagePulls } from './image-pulls.ts';
import type { ImageStore } from './image-store.ts';
import type { NodeImages } from './images.calls.ts';
import { ImportedImages } from './imported-images.ts';

export interface OpenNodeImages extends NodeImages {
  /** Stops what is under way. */
  close(): Promise<void>;
}

/** The images of a node with containerd, kept tidy from now on. */
export async function openNodeImages(
  store: ImageStore,
  folder: DataFolder,
  specs: () => readonly ServerSpec[],
  log: Logger,
): Promise<OpenNodeImages> {
  const imported = await ImportedImages.open(join(folder.path, 'imported-images.json'), log);
  const keeper = new ImageKeeper({ store, imported, specs, log });
  const pulls = new ImagePulls(log);
  keeper.keepTidy();
  return {
    keeper,
    pulls,
    async close() {
      keeper.close();
      await pulls.close();
    },
  };
}
