import { AppError } from '@catalyst/shared/contract/errors';
import type { ByteRange } from '@catalyst/shared/features/files-link';

/** The part of a file that a range means (RFC 9110, 14.1.2). Throws `range_not_satisfiable` when there is none. */
export function partOf(
  sizeBytes: number,
  range: ByteRange | undefined,
): { firstByte: number; lengthBytes: number; isRange: boolean } {
  if (!range) return { firstByte: 0, lengthBytes: sizeBytes, isRange: false };
  const firstByte = 'lastBytes' in range ? Math.max(0, sizeBytes - range.lastBytes) : range.firstByte;
  const lastByte =
    'lastBytes' in range ? sizeBytes - 1 : Math.min(range.lastByte ?? sizeBytes, sizeBytes - 1);
  if (firstByte > lastByte) {
    throw new AppError('range_not_satisfiable', `The file has only ${sizeBytes} bytes`);
  }
  return { firstByte, lengthBytes: lastByte - firstByte + 1, isRange: true };
}
