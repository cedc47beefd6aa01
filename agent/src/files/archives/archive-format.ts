import { AppError } from '@catalyst/shared/contract/errors';
import type { ArchiveFormat } from '@catalyst/shared/features/archives-link';
import type { ReadableFile } from '../read-file.ts';
import { readExactly } from './read-exactly.ts';

/** What a file is by its own bytes, whatever it is called. Throws `invalid_input` when it is none of the four. */
export async function detectFormat(file: ReadableFile): Promise<ArchiveFormat> {
  const start = await readExactly(file, 0, 512);
  if (start.length >= 4) {
    if (start[0] === 0x1f && start[1] === 0x8b) return 'tar.gz';
    const magic = start.readUInt32LE(0);
    if (magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50) return 'tar.zst';
    // A file, an empty archive.
    if (magic === 0x04034b50 || magic === 0x06054b50) return 'zip';
  }
  const isTar = start.length === 512 && start.toString('latin1', 257, 262) === 'ustar';
  if (isTar || (start.length === 512 && start.every((byte) => byte === 0))) return 'tar';
  throw new AppError('invalid_input', 'This is not a tar, tar.gz, tar.zst or zip archive');
}
