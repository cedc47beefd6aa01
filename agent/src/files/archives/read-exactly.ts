import type { ReadableFile } from '../read-file.ts';

/** So many bytes of a file from a position, fewer only at its end. */
export async function readExactly(
  file: ReadableFile,
  offsetBytes: number,
  lengthBytes: number,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of file.chunks({ offsetBytes, lengthBytes })) parts.push(chunk);
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}
