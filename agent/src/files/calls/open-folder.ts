import { AppError } from '@catalyst/shared/contract/errors';
import type { Supervisor } from '../../servers/supervisor.ts';
import type { ServerDirectory } from '../server-directory.ts';

/** The files of a server. Throws `suspended` also for a message that somebody forged past the panel. */
export async function openFolder(supervisor: Supervisor, serverId: string): Promise<ServerDirectory> {
  const refusal = filesRefusal(supervisor, serverId);
  if (refusal) throw refusal;
  return supervisor.get(serverId).parts.folder.open('refuse');
}

/** Why nobody may have the files of a server, null when they may be had. Throws `not_found` when it is not here. */
export function filesRefusal(supervisor: Supervisor, serverId: string): AppError | null {
  const { spec, removal } = supervisor.get(serverId).parts.file.record;
  if (spec.suspended) return new AppError('suspended', 'This server is suspended');
  return removal ? new AppError('not_found', 'This server is being removed') : null;
}

/** Whether what was begun with the files of a server may go on: it is here, not suspended and not being removed. */
export const isOpenToPeople = (supervisor: Supervisor, serverId: string): boolean =>
  supervisor.all.some(({ parts }) => parts.file.record.spec.serverId === serverId) &&
  filesRefusal(supervisor, serverId) === null;
