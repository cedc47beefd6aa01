import { createHash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Access } from './access.ts';
import { openForReading } from './read-file.ts';

const algorithms = ['sha256', 'sha1', 'md5'] as const;

export type ChecksumAlgorithm = (typeof algorithms)[number];

export interface Checksum {
  hex: string;
  /** How many bytes it is the checksum of. */
  sizeBytes: number;
}

/** Of so many bytes as the file had when it was opened, so that one that grows all the time has an end. */
export async function checksumFile(
  access: Access,
  names: readonly Buffer[],
  algorithm: ChecksumAlgorithm,
  signal?: AbortSignal,
): Promise<Checksum> {
  if (!algorithms.includes(algorithm)) {
    throw new AppError('bad_request', `A checksum is one of ${algorithms.join(', ')}`);
  }
  await using file = await openForReading(access, names);
  const hash = createHash(algorithm);
  let sizeBytes = 0;
  for await (const chunk of file.chunks({ lengthBytes: file.stats.sizeBytes, ...(signal && { signal }) })) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { hex: hash.digest('hex'), sizeBytes };
}
