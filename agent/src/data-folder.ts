import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { closedFolder } from '@catalyst/shared/node/closed-folder';
import { meetingPlaces } from '@catalyst/shared/node/data-dir';
import { StartError } from '@catalyst/shared/node/start-error';
import { isDraftName } from '@catalyst/shared/node/write-file-atomically';

/** Where the agent keeps things, below `<data folder>/agent`. */
export class DataFolder {
  readonly path: string;
  /** How to reach the panel, and who it must be. */
  readonly link: string;
  readonly lock: string;

  constructor(dataDir: string) {
    const { agentFolder, agentLink, agentLock } = meetingPlaces(dataDir);
    this.path = agentFolder;
    this.link = agentLink;
    this.lock = agentLock;
  }

  /** The agent's key. */
  get identity(): string {
    return join(this.path, 'identity');
  }
  /** What it must remember of each server. */
  get state(): string {
    return join(this.path, 'state');
  }
  /** What is being done with files. */
  get fileTasks(): string {
    return join(this.state, 'file-tasks.json');
  }
  /** `<serverId>/<startId>` for each start. */
  get run(): string {
    return join(this.path, 'run');
  }
  /** The files of the servers. */
  get servers(): string {
    return join(this.path, 'servers');
  }
  get history(): string {
    return join(this.path, 'history');
  }
  get backups(): string {
    return join(this.path, 'backups');
  }
  /** Files of servers that were deleted. */
  get kept(): string {
    return join(this.path, 'kept');
  }
  server(serverId: string): string {
    return join(this.servers, serverId);
  }
}

/** Makes what is missing. Throws a StartError when the disk does not let it. */
export async function prepareDataFolder(folder: DataFolder): Promise<void> {
  try {
    const dataDir = dirname(folder.path);
    if ((await mkdir(dataDir, { recursive: true })) !== undefined) await chmod(dataDir, 0o711);
    for (const path of [folder.path, folder.servers]) await makeFolder(path, 0o711);
    const { identity, state, run, history, backups, kept } = folder;
    for (const path of [identity, state, run, history, backups, kept]) {
      await makeFolder(path, 0o700);
    }
    for (const path of [folder.path, folder.identity, folder.state]) await removeDrafts(path);
  } catch (error) {
    throw new StartError(`The data folder ${folder.path} cannot be used: ${(error as Error).message}`);
  }
}

/**
 * A sentence when a server's own user could not get to its folder because a folder above is closed to others; null
 * when it can, or when servers have no users of their own.
 */
export async function unreachableReason({ servers }: DataFolder): Promise<string | null> {
  const path = await closedFolder(servers);
  return (
    path &&
    `Servers run as users of their own and cannot reach ${servers}, because ${path} is closed to other users. Choose another place with CATALYST_DATA_DIR, or open it with chmod o+x.`
  );
}

async function makeFolder(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true, mode });
  // Whatever the umask was.
  await chmod(path, mode);
}

async function removeDrafts(path: string): Promise<void> {
  for (const name of await readdir(path)) if (isDraftName(name)) await rm(join(path, name));
}
