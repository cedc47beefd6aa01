const blockBytes = 512;

/** Something in an archive; names have no slash in front. */
export type TarEntry =
  | { name: string; type: 'file'; content: Uint8Array; mode?: number; uid?: number; gid?: number }
  | { name: string; type: 'directory'; mode?: number; uid?: number; gid?: number }
  | { name: string; type: 'symlink'; target: string };

const typeFlags = { file: '0', symlink: '2', directory: '5' };

/** A tar archive (ustar), the same for the same entries at any time and place. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = entry.type === 'file' ? entry.content : Buffer.alloc(0);
    const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
    return [header(entry, content.length), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

function header(entry: TarEntry, sizeBytes: number): Buffer {
  if (Buffer.byteLength(entry.name) > 100) throw new Error(`Too long for this tar: ${entry.name}`);
  const block = Buffer.alloc(blockBytes);
  const { mode, uid, gid } = { mode: undefined, uid: undefined, gid: undefined, ...entry };
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write(entry.name, 0);
  block.write(octal(mode ?? (entry.type === 'file' ? 0o644 : 0o755), 8), 100);
  block.write(octal(uid ?? 0, 8), 108);
  block.write(octal(gid ?? 0, 8), 116);
  block.write(octal(sizeBytes, 12), 124);
  block.write(octal(0, 12), 136);
  block.write('        ', 148);
  block.write(typeFlags[entry.type], 156);
  if (entry.type === 'symlink') block.write(entry.target, 157);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
