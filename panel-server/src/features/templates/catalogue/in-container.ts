import type { TemplateInput } from '@catalyst/shared/features/templates';
import { restartPolicy } from './settings.ts';

/** Where a container has its server's folder. */
export const home = '/home/container';

const installers = 'ghcr.io/ptero-eggs/installers:debian';

export const images = {
  debian: { Debian: 'ghcr.io/ptero-eggs/yolks:debian' },
  steam: { Debian: 'ghcr.io/ptero-eggs/steamcmd:debian' },
  source: { Source: 'ghcr.io/ptero-eggs/games:source' },
  java: {
    'Java 25': 'ghcr.io/ptero-eggs/yolks:java_25',
    'Java 21': 'ghcr.io/ptero-eggs/yolks:java_21',
    'Java 17': 'ghcr.io/ptero-eggs/yolks:java_17',
    'Java 11': 'ghcr.io/ptero-eggs/yolks:java_11',
    'Java 8': 'ghcr.io/ptero-eggs/yolks:java_8',
  },
};

/** What all games have in common that run in containers only. */
export const inContainer = {
  version: 1,
  processRuntime: false,
  terminal: false,
  restartPolicy,
} satisfies Partial<TemplateInput>;

/** Reads the settings from its environment, so that no value is ever part of its text. */
export function installedBy(lines: string, timeoutSeconds = 1800): TemplateInput['install'] {
  return {
    timeoutSeconds,
    steps: [],
    script: {
      image: installers,
      entrypoint: 'bash',
      content: `#!/bin/bash
set -euo pipefail
cd /mnt/server
export DEBIAN_FRONTEND=noninteractive
${lines.trim()}
echo "Installed."
`,
    },
  };
}

/** Tools that the images of installers do not all have. */
export const tools = (...names: string[]) =>
  `apt-get -qq update
apt-get -qq install -y --no-install-recommends ca-certificates curl ${names.join(' ')} >/dev/null`;

/** Downloads one of Valve's free dedicated servers, and the library by which it finds Steam. */
export const fromSteam = (appId: number, afterwards = '') =>
  installedBy(
    `${tools('lib32gcc-s1')}
steam=/tmp/steamcmd
mkdir -p "$steam"
curl -fsSL --retry 3 https://steamcdn-a.akamaihd.net/client/installer/steamcmd_linux.tar.gz | tar -xz -C "$steam"
# Its first run updates itself, and may end with an error for that alone.
for attempt in 1 2 3; do
  if "$steam/steamcmd.sh" +force_install_dir /mnt/server +login anonymous +app_update ${appId} validate +quit; then
    installed=yes
    break
  fi
done
[ "\${installed:-no}" = yes ]
mkdir -p .steam/sdk32 .steam/sdk64
cp "$steam/linux32/steamclient.so" .steam/sdk32/
cp "$steam/linux64/steamclient.so" .steam/sdk64/
${afterwards}`,
    7200,
  );
