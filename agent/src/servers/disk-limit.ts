import type { ProjectQuota } from '../files/project-quota.ts';
import { ProgramFailure } from '../network/run-program.ts';
import type { ServerParts } from './server-parts.ts';

type Limited = Pick<ServerParts, 'file' | 'folder' | 'diskQuota' | 'log'>;

/**
 * Lets the file system hold the server to its limit, where it can; elsewhere what it takes is only counted. While it
 * runs only the limit is set: nothing walks through files that a game may be changing.
 */
export async function enforceDiskLimit(parts: Limited, { isRunning }: { isRunning: boolean }): Promise<void> {
  const { file, folder } = parts;
  await withQuota(parts, async (quota, projectId) => {
    if (!isRunning) await quota.mark(folder.path, projectId);
    await quota.limit(projectId, file.record.spec.limits.diskMb * 1024 * 1024);
  });
}

export async function releaseDiskLimit(parts: Limited): Promise<void> {
  await withQuota(parts, (quota, projectId) => quota.limit(projectId, 0));
}

async function withQuota(
  { file, diskQuota, log }: Limited,
  work: (quota: ProjectQuota, projectId: number) => Promise<void>,
): Promise<void> {
  const { uid, spec } = file.record;
  if (!diskQuota || uid === null) return;
  await work(diskQuota, uid).catch((err: unknown) => {
    if (!(err instanceof ProgramFailure)) throw err;
    log.warn({ err, serverId: spec.serverId }, "The file system's limit for a server could not be set");
  });
}

/** Says once, each time a running server passes its limit, what that means for it. */
export class DiskWarning {
  #isOver = false;

  note(usedBytes: number, limitMb: number, say: (text: string) => void): void {
    const isOver = usedBytes > limitMb * 1024 * 1024;
    if (isOver && !this.#isOver) {
      say(
        `Its files take ${megabytes(usedBytes)} MB, more than its disk limit of ${limitMb} MB. Delete some, or it cannot be started again.`,
      );
    }
    this.#isOver = isOver;
  }
}

export const megabytes = (bytes: number) => Math.ceil((bytes * 10) / 1024 / 1024) / 10;
