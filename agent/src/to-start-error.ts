import { StartError } from '@catalyst/shared/node/start-error';

const diskErrors = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE']);

/** What the disk refuses as a sentence about the file or folder; anything else as it is. */
export function toStartError(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof StartError || !diskErrors.has(code ?? '')) return error;
  const cause = code === 'ENOSPC' ? 'its disk is full' : message;
  return new StartError(`The agent cannot start with ${path}: ${cause}`);
}
