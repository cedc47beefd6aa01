import type { TemplateInput } from '@catalyst/shared/features/templates';
import { home, inContainer, installedBy, tools } from './in-container.ts';
import { atNextStart, choice, password, text, wholeNumber } from './settings.ts';

export const vintageStory: TemplateInput = {
  ...inContainer,
  id: 'vintage-story',
  name: 'Vintage Story',
  summary: 'Start in the stone age, and survive the seasons and what comes at night',
  icon: 'vintage-story',
  images: {
    '.NET 8': 'ghcr.io/ptero-eggs/yolks:dotnet_8',
    '.NET 9': 'ghcr.io/ptero-eggs/yolks:dotnet_9',
    '.NET 10': 'ghcr.io/ptero-eggs/yolks:dotnet_10',
  },
  variables: [
    choice(
      'RELEASE',
      'Release',
      'stable',
      { options: [{ value: 'stable' }, { value: 'unstable' }] },
      { description: 'Takes effect with a new installation.' },
    ),
    text('SERVER_TITLE', 'Name', 'A Catalyst server', { minLength: 1, maxLength: 60 }, atNextStart),
    wholeNumber('MAX_CLIENTS', 'Player slots', '16', { min: 1, max: 256 }, atNextStart),
    password('SERVER_PASSWORD', 'Password to join', 'Left empty, whoever knows the address may join.'),
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'both', preferred: 42420 }],
  startup: {
    argv: [
      `${home}/VintagestoryServer`,
      '--dataPath',
      `${home}/data`,
      '--port={{SERVER_PORT}}',
      '--maxclients={{MAX_CLIENTS}}',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Dedicated Server now running on Port ', timeoutSeconds: 600 },
  stop: { kind: 'command', command: '/stop', timeoutSeconds: 60 },
  install: installedBy(`${tools('jq')}
url=$(curl -fsSL --retry 3 "https://api.vintagestory.at/$RELEASE.json" | jq -r '[.[]][0].linuxserver.urls | .cdn // .local')
echo "Downloading $url ..."
curl -fsSL --retry 3 -o /tmp/server.tar.gz "$url"
# What an older version had must not lie beside what the new one has.
rm -rf assets Lib
tar -xzf /tmp/server.tar.gz
mkdir -p data`),
  configFiles: [
    {
      path: 'data/serverconfig.json',
      parser: 'json',
      find: { ServerName: '{{env.SERVER_TITLE}}', Password: '{{env.SERVER_PASSWORD}}' },
      createFile: false,
    },
  ],
  tags: ['sandbox', 'survival'],
  defaults: { memoryMb: 4096, minimumMemoryMb: 2048, cpuCores: 2, diskMb: 10_240 },
  howToJoin: 'In Vintage Story choose Multiplayer, Add new server, and enter {{ADDRESS}}',
};
