import type { FilePull } from '@catalyst/shared/features/pulls';
import type { AgentPull } from '@catalyst/shared/features/pulls-link';
import { v7 as uuid } from 'uuid';
import { asNetwork } from '../../outbound/guarded-fetch.ts';
import type { ClientFeed } from '../../realtime/client-feed.ts';
import type { ServerIndex } from '../servers/server-index.ts';
import type { PanelSettings } from '../settings/panel-settings.ts';
import { toText } from './file-path.ts';
import type { FilesService } from './files.service.ts';

interface PullsParts {
  files: FilesService;
  panelSettings: PanelSettings;
  serverIndex: ServerIndex;
  browsers: ClientFeed;
}

interface PullWish {
  url: string;
  folder: Buffer;
  name: string | undefined;
  replace: boolean;
}

/** Files that come from the web. The agent fetches them, so that they go to the disk without a way through the panel. */
export class PullsService {
  readonly #parts: PullsParts;

  constructor(parts: PullsParts) {
    this.#parts = parts;
  }

  async start(serverId: string, { url, folder, name, replace }: PullWish): Promise<FilePull> {
    const allowed = await this.#parts.panelSettings.read('allowedNetworks');
    return toPull(
      await this.#parts.files.ask('files:pull', serverId, {
        ...{ pullId: uuid(), url, replace, folderBase64: folder.toString('base64') },
        ...(name !== undefined && { nameBase64: Buffer.from(name).toString('base64') }),
        allowedNetworks: allowed.map(asNetwork),
      }),
    );
  }

  async list(serverId: string): Promise<FilePull[]> {
    return (await this.#parts.files.ask('files:pulls', serverId, {})).pulls.map(toPull);
  }

  async cancel(serverId: string, pullId: string): Promise<void> {
    await this.#parts.files.ask('files:pull-cancel', serverId, { pullId });
  }

  /** An agent says how far one is; it knows nothing about servers of other nodes, whatever it says. */
  progress(nodeId: string, pull: AgentPull): void {
    const server = this.#parts.serverIndex.find(pull.serverId);
    if (server?.nodeId !== nodeId) return;
    const { startedAt, ...rest } = toPull(pull);
    this.#parts.browsers.toServer({ id: pull.serverId, ...server }, 'file_pull_progress', {
      ...rest,
      startedAt: startedAt.toISOString(),
    });
  }
}

function toPull({ pathBase64, startedAt, ...pull }: AgentPull): FilePull {
  const { text, base64 } = toText(Buffer.from(pathBase64, 'base64'));
  const named = { path: text, ...(base64 !== undefined && { pathBase64: base64 }) };
  return { ...pull, ...named, startedAt: new Date(startedAt) };
}
