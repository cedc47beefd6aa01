import type { Access } from './access.ts';
import { openForWriting } from './open-for-writing.ts';

/** Cuts a file shorter, and makes that survive a power cut. */
export async function truncateFile(
  access: Access,
  names: readonly Buffer[],
  sizeBytes: number,
): Promise<void> {
  await using file = await openForWriting(access, names);
  await file.truncate(sizeBytes);
  await file.sync();
}
