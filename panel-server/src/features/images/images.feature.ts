import { imageAgentEvents } from '@catalyst/shared/features/images-link';
import type { PanelCore } from '../../core.ts';
import { namedTarget } from '../../http/audit-target.ts';
import type { RegistriesService } from '../registries/registries.service.ts';
import { registerImageRoutes } from './images.routes.ts';
import { ImagesService } from './images.service.ts';

export async function registerImages(core: PanelCore, registries: RegistriesService): Promise<void> {
  const images = new ImagesService({ ...core, registries });
  const nameTarget = namedTarget('node', (id) => core.nodeIndex.find(id)?.name);
  await registerImageRoutes(core.http, { ...core, images, nameTarget });
  core.agents.listen(imageAgentEvents, (nodeId) => ({
    image_pull_progress: (pull) => images.progress(nodeId, pull),
  }));
}
