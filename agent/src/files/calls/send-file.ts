import { AppError } from '@catalyst/shared/contract/errors';
import type { ByteRange } from '@catalyst/shared/features/files-link';
import type { DataPlane } from '../../link/data-plane.ts';
import type { ReadableFile } from '../read-file.ts';
import type { ServerDirectory } from '../server-directory.ts';
import { partOf } from './byte-range.ts';
import { toAgentStats, versionOf } from './file-stats.ts';

interface SendOptions {
  ticket: string;
  range?: ByteRange | undefined;
  rangeVersion?: string | undefined;
  maxBytes?: number | undefined;
}

/** Begins to send a file, or a part of it; what it is like then goes with the answer. */
export async function sendFile(
  dataPlane: Pick<DataPlane, 'send'>,
  directory: ServerDirectory,
  path: Uint8Array,
  { ticket, range, rangeVersion, maxBytes = Number.POSITIVE_INFINITY }: SendOptions,
) {
  const file = await directory.openForReading(path);
  try {
    const { sizeBytes } = file.stats;
    if (sizeBytes > maxBytes) throw new AppError('payload_too_large', `The file has ${sizeBytes} bytes`);
    const isSame = rangeVersion === undefined || rangeVersion === versionOf(file.stats);
    const part = partOf(sizeBytes, isSame ? range : undefined);
    const stats = await toAgentStats(directory, path, file.stats);
    dataPlane.send(ticket, exactly(file, part), {
      ended: () => void file.close(),
      lengthBytes: part.lengthBytes,
    });
    return { ...stats, ...part };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A file that is cut shorter meanwhile must not be taken for a whole one. */
async function* exactly(file: ReadableFile, { firstByte, lengthBytes }: ReturnType<typeof partOf>) {
  let sentBytes = 0;
  for await (const chunk of file.chunks({ offsetBytes: firstByte, lengthBytes, isReused: true })) {
    sentBytes += chunk.length;
    yield chunk;
  }
  if (sentBytes < lengthBytes) throw new AppError('conflict', 'The file became shorter while it was read');
}
