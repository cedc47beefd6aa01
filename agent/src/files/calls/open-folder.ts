import { AppError } from '@catalyst/shared/contract/errors';
import type { Supervisor } from '../../servers/supervisor.ts';
import type { ServerDirectory } from '../server-directory.ts';

/** Whether what was begun with the files of a server may go on: it is here, not suspended and not being removed. */
export function isOpenToPeople(supervisor: Supervisor, serverId: string): boolean {
  const server = supervisor.all.find(({ parts }) => parts.file.record.spec.serverId === serverId);
  const record = server?.parts.file.record;
  return record !== undefined && !record.spec.suspended && !record.removal;
}

/** Throws `suspended` also for a message that somebody forged past the panel. */
export async function openFolder(supervisor: Supervisor, serverId: string): Promise<ServerDirectory> {
  const { folder, file } = supervisor.get(serverId).parts;
  if (file.record.spec.suspended) throw new AppError('suspended', 'This server is suspended');
  if (file.record.removal) throw new AppError('not_found', 'This server is being removed');
  return folder.open('refuse');
}
