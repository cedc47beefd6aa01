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

const env = '/usr/bin/env';

/**
 * As `tini -g`, under which those images run it: what the first process is told, all of them are told. What a shell starts
 * beside itself is deaf to SIGINT, which only another program can change.
 */
const init = `#!/bin/bash
/usr/libexec/env --default-signal=INT /bin/bash /start.sh <&0 &
game=$!
trap 'trap "" INT; kill -s INT 0; isTold=1' INT
wait "$game"; code=$?
while [ -n "$isTold" ]; do isTold=; wait "$game"; code=$?; done
exit "$code"
`;

/** Says what it was started as and with which words, is ready as its egg says, and ends as that says. */
const standIn = `#!/bin/bash
echo "ran \${0##*/} in $PWD as $(id -un) with PORT=$PORT WINEDLLOVERRIDES=$WINEDLLOVERRIDES"
for word in "$@"; do printf 'word <%s>\\n' "$word"; done
for word in "$@"; do [ "$word" != --create ] || exit 0; done
trap 'echo interrupted; exit 0' INT
stop=$(cat stand-in.stop)
echo "$(cat stand-in.done) it is"
while :; do
  # A line can come in parts: what was read when the time was over belongs to it.
  read -r -t 0.2 part; status=$?
  line=$line$part
  [ "$status" -ne 0 ] || { echo "told $line"; [ "$line" != "$stop" ] || exit 0; line=; }
  [ "$status" -ne 1 ] || sleep 0.2
done
`;

/** Such an image in which all of these programs only stand in for the real ones. */
export function standInImage(programs: readonly string[]): OciImage | undefined {
  const script = (name: string, content: string): TarEntry => ({
    name,
    type: 'file',
    mode: 0o755,
    content: Buffer.from(content),
  });
  const folders = ['usr/', 'usr/local/', 'usr/local/bin/'].map(
    (name): TarEntry => ({ name, type: 'directory' }),
  );
  const tool = machineFiles([env, ...librariesOf(env)], { [env]: '/usr/libexec/env' });
  const files = programs.map((name) => script(`usr/local/bin/${name}`, standIn));
  return eggImage([...folders, ...tool, script('start.sh', entrypoint), ...files], init);
}

/** An image with the contract of those images, of what this machine has; undefined, with a printed reason, where it lacks that. */
export function eggImage(files: readonly TarEntry[] = [], first: string = entrypoint): OciImage | undefined {
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
      { name: 'entrypoint.sh', type: 'file', mode: 0o755, content: Buffer.from(first) },
      ...files,
    ],
  });
}
