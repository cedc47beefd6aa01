import { AppError } from '@catalyst/shared/contract/errors';
import { GrpcCode, GrpcError } from '../grpc/grpc-error.ts';

/** Content whose bytes are not those of its digest. */
export function isWrongDigest(error: unknown): boolean {
  return (
    error instanceof GrpcError &&
    error.code === GrpcCode.failedPrecondition &&
    error.message.includes('unexpected commit')
  );
}

export function isFullDisk(error: unknown): boolean {
  return error instanceof GrpcError && /no space left on device|disk quota exceeded/i.test(error.message);
}

/** What a caller sees of what containerd answered while it kept or unpacked an image. */
export function toImageError(error: unknown): unknown {
  if (!(error instanceof GrpcError)) return error;
  if (isFullDisk(error)) {
    const sentence = "The image does not fit: the disk of containerd's folder is full.";
    return new AppError('disk_full', sentence, { cause: error });
  }
  const sentence = isWrongDigest(error)
    ? 'The content of the image is not what its digest promises; it was not kept.'
    : `containerd could not keep the image: ${error.message.slice(0, 300)}`;
  return new AppError('unavailable', sentence, { cause: error });
}
