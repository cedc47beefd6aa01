import { archiveAgentEvents } from '@catalyst/shared/features/archives-link';
import { pullAgentEvents } from '@catalyst/shared/features/pulls-link';
import type { PanelCore } from '../../core.ts';
import { namedTarget } from '../../http/audit-target.ts';
import { registerArchiveRoutes } from './archives.routes.ts';
import { ArchivesService } from './archives.service.ts';
import { registerFileStreamRoutes } from './file-streams.routes.ts';
import { FileStreams } from './file-streams.ts';
import { registerFileTreeRoutes } from './file-trees.routes.ts';
import { FileTrees } from './file-trees.service.ts';
import { registerFileRoutes } from './files.routes.ts';
import { FilesService } from './files.service.ts';
import { LastWriter } from './last-writer.ts';
import { registerPullRoutes } from './pulls.routes.ts';
import { PullsService } from './pulls.service.ts';
import { registerUploadRoutes } from './uploads.routes.ts';
import { UploadsService } from './uploads.service.ts';

export async function registerFiles(core: PanelCore): Promise<void> {
  const files = new FilesService(core);
  const nameTarget = namedTarget('server', (id) => core.serverIndex.find(id)?.name);
  registerFileRoutes(core.http, { files, nameTarget });
  registerFileTreeRoutes(core.http, { trees: new FileTrees(files), nameTarget });
  const archives = new ArchivesService({ ...core, files });
  registerArchiveRoutes(core.http, { ...core, archives, nameTarget });
  core.agents.listen(archiveAgentEvents, () => ({ file_task_progress: (task) => archives.progress(task) }));
  const streams = new FileStreams({ ...core, files });
  await registerFileStreamRoutes(core.http, {
    ...core,
    streams,
    archives,
    nameTarget,
    lastWriter: new LastWriter(core),
  });
  const uploads = new UploadsService({ ...core, files });
  await registerUploadRoutes(core.http, { ...core, uploads, nameTarget });
  const pulls = new PullsService({ ...core, files });
  registerPullRoutes(core.http, { pulls, nameTarget });
  core.agents.listen(pullAgentEvents, (nodeId) => ({
    file_pull_progress: (pull) => pulls.progress(nodeId, pull),
  }));
}
