import { PassThrough } from 'node:stream';
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { AppError } from '@catalyst/shared/contract/errors';
import type { ArchiveFormat } from '@catalyst/shared/features/archives-link';
import type { ArchiveLimits } from './archive-limits.ts';
import { through } from './through.ts';

type TarFormat = Exclude<ArchiveFormat, 'zip'>;

const chunkSize = 256 * 1024;
/** An archive may ask for this much memory to be unpacked: what zstd takes up to level 20. */
const windowLog = 25;

/** As `gzip` and `zstd` do it unasked; the work is done in threads. */
export function compressor(format: TarFormat) {
  if (format === 'tar.gz') return createGzip({ chunkSize });
  if (format === 'tar.zst') return createZstdCompress({ chunkSize });
  return new PassThrough({ highWaterMark: chunkSize });
}

/** What was packed, counted as it comes out. */
export async function* decompressed(
  format: TarFormat,
  source: AsyncIterable<Buffer>,
  limits: ArchiveLimits,
): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of format === 'tar' ? source : unpacked(format, source)) {
      limits.countBytes(chunk.length);
      yield chunk;
    }
  } catch (error) {
    throw toRefusal(error);
  }
}

function unpacked(format: TarFormat, source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const stream =
    format === 'tar.gz'
      ? createGunzip({ chunkSize })
      : createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: windowLog } });
  return through(source, stream);
}

function toRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') {
    return new AppError('invalid_input', 'The archive is refused: it takes too much memory to unpack');
  }
  if (!/^(Z_|ZSTD_|ERR_ZLIB|ERR_ZSTD)/.test(code)) return error;
  return new AppError('invalid_input', `The archive is damaged or breaks off: ${error.message}`, {
    cause: error,
  });
}
