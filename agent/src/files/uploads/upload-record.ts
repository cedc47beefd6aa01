import { AppError } from '@catalyst/shared/contract/errors';
import { FileVersion, fileSize, PathBytes } from '@catalyst/shared/features/files-link';
import { z } from 'zod';
import type { ServerDirectory } from '../server-directory.ts';
import { uploadNames } from '../temporary-name.ts';

const mostRecordBytes = 16 * 1024;

/** What is to become of an upload. It is in the server's folder, so a game can change it; more than its own files it cannot reach. */
export const UploadRecord = z.object({
  id: z.string(),
  pathBase64: PathBytes,
  sizeBytes: fileSize,
  replace: z.boolean(),
  expectedVersion: FileVersion.optional(),
  startedBy: z.string().max(100),
  createdAt: z.number(),
  /** `finishing`: all has come, and is about to get its name or has it already. */
  state: z.enum(['open', 'finishing', 'finished']),
});
export type UploadRecord = z.output<typeof UploadRecord>;

/** Throws `not_found` when there is none, or nothing that can be understood. */
export async function readRecord(directory: ServerDirectory, id: string): Promise<UploadRecord> {
  try {
    const bytes = await directory.read(uploadNames(id).record, mostRecordBytes);
    return UploadRecord.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    const isOurs = cause instanceof z.ZodError || cause instanceof SyntaxError;
    if (!isOurs && !(cause instanceof AppError)) throw cause;
    if (cause instanceof AppError && cause.code === 'unavailable') throw cause;
    throw new AppError('not_found', 'There is no such upload; it may have expired', { cause });
  }
}

export async function writeRecord(directory: ServerDirectory, record: UploadRecord): Promise<void> {
  await directory.write(uploadNames(record.id).record, Buffer.from(JSON.stringify(record)), { mode: 0o600 });
}

/** Both files of an upload; what is not there is no matter. */
export async function removeUpload(directory: ServerDirectory, id: string): Promise<void> {
  const { record, part } = uploadNames(id);
  for (const name of [part, record]) {
    await directory.delete(name).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
    });
  }
}
