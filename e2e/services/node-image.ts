import { emptyFolders, librariesOf, machineFiles } from './machine-files.ts';
import { buildImage, type OciImage } from './oci-image.ts';

/** The Node that runs this, with its libraries and nothing else. */
export function nodeImage(): OciImage {
  const program = process.execPath;
  return buildImage({
    config: { Env: ['PATH=/usr/bin'], WorkingDir: '/' },
    layers: [
      [...emptyFolders, ...machineFiles([program, ...librariesOf(program)], { [program]: '/usr/bin/node' })],
    ],
  });
}
