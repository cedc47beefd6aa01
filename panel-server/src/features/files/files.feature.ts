import { archiveAgentEvents } from '@catalyst/shared/features/archives-link';
import type { PanelCore } from '../../core.ts';
import { namedTarget } from '../../http/audit-target.ts';
import { registerArchiveRoutes } from './archives.routes.ts';
import { ArchivesService } from './archives.service.ts';
import { registerFileStreamRoutes } from './file-streams.routes.ts';
import { FileStreams } from './file-streams.ts';
import { registerFileRoutes } from './files.routes.ts';
import { FilesService } from './files.service.ts';

export async function registerFiles(core: PanelCore): Promise<void> {
  const files = new FilesService(core);
  const nameTarget = namedTarget('server', (id) => core.serverIndex.find(id)?.name);
  registerFileRoutes(core.http, { files, nameTarget });
  const archives = new ArchivesService({ ...core, files });
  registerArchiveRoutes(core.http, { ...core, archives, nameTarget });
  core.agents.listen(archiveAgentEvents, () => ({ file_task_progress: (task) => archives.progress(task) }));
  const streams = new FileStreams({ ...core, files });
  await registerFileStreamRoutes(core.http, { ...core, streams, archives, nameTarget });
}
