import { existsSync } from 'node:fs';
import { busyboxImage } from './busybox-image.ts';
import { librariesOf, machineFiles } from './machine-files.ts';
import type { OciImage } from './oci-image.ts';
import type { TarEntry } from './tar.ts';

const bash = '/bin/bash';

/** What the images that community eggs name promise: they read the line from STARTUP, in the server's folder, by a shell. */
const entrypoint = `#!/bin/bash
cd /home/container || exit 1
INTERNAL_IP=$(hostname -i | cut -d' ' -f1)
export INTERNAL_IP
LINE=$(printf '%s' "$STARTUP" | sed -e 's/{{/\${/g' -e 's/}}/}/g')
echo "container~ $LINE"
eval "$LINE"
`;

/** An image with the contract of those images, of what this machine has; undefined, with a printed reason, where it lacks that. */
export function eggImage(files: readonly TarEntry[] = []): OciImage | undefined {
  if (!existsSync(bash)) {
    console.warn('Skipped: images for community eggs. bash was not found.');
    return undefined;
  }
  return busyboxImage({
    config: {
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'USER=container', 'HOME=/home/container'],
      Entrypoint: ['/bin/bash'],
      Cmd: ['/entrypoint.sh'],
      User: 'container',
      WorkingDir: '/home/container',
    },
    files: [
      ...machineFiles([bash, ...librariesOf(bash)]),
      { name: 'home/', type: 'directory' },
      { name: 'home/container/', type: 'directory' },
      { name: 'mnt/', type: 'directory' },
      { name: 'entrypoint.sh', type: 'file', mode: 0o755, content: Buffer.from(entrypoint) },
      ...files,
    ],
  });
}
