import { execFileSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { findProgram } from './find-program.ts';
import { buildImage, type ImageContent, type OciImage } from './oci-image.ts';
import type { TarEntry } from './tar.ts';

export interface BusyboxImageOptions extends Omit<ImageContent, 'layers'> {
  /** Layers above busybox: bytes that do not compress, in a file `/ballast/N`. */
  ballastBytes?: readonly number[];
  /** In one more layer above these. */
  files?: readonly TarEntry[];
}

/** A small Linux with the shell and tools of the static busybox; undefined, with a printed reason, without one. */
export function busyboxImage(options: BusyboxImageOptions = {}): OciImage | undefined {
  const program = findProgram('busybox');
  if (!program) {
    console.warn('Skipped: tests with images. busybox-static was not found.');
    return undefined;
  }
  const { ballastBytes = [], files = [], ...content } = options;
  return buildImage({
    config: { Env: ['PATH=/bin'], Cmd: ['/bin/sh'], WorkingDir: '/' },
    ...content,
    layers: [
      busyboxLayer(program),
      ...ballastBytes.map((sizeBytes, index): TarEntry[] => [
        { name: 'ballast/', type: 'directory' },
        { name: `ballast/${index}`, type: 'file', content: noise(sizeBytes, index) },
      ]),
      ...(files.length > 0 ? [files] : []),
    ],
  });
}

function busyboxLayer(program: string): TarEntry[] {
  const applets = execFileSync(program, ['--list'], { encoding: 'utf8' }).trim().split('\n').sort();
  const text = (name: string, content: string): TarEntry => ({
    name,
    type: 'file',
    content: Buffer.from(content),
  });
  return [
    ...['bin/', 'dev/', 'etc/', 'proc/', 'root/', 'run/', 'sys/', 'data/'].map(
      (name): TarEntry => ({ name, type: 'directory' }),
    ),
    { name: 'tmp/', type: 'directory', mode: 0o1777 },
    text('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n'),
    text('etc/group', 'root:x:0:\nnogroup:x:65534:\n'),
    { name: 'bin/busybox', type: 'file', mode: 0o755, content: readFileSync(program) },
    ...applets
      .filter((applet) => applet !== 'busybox')
      .map((applet): TarEntry => ({ name: `bin/${applet}`, type: 'symlink', target: 'busybox' })),
  ];
}

/** Bytes that look random and are the same each time. */
function noise(sizeBytes: number, seed: number): Buffer {
  const key = Buffer.alloc(16, seed + 1);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}
