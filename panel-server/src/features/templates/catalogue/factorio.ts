import type { TemplateInput } from '@catalyst/shared/features/templates';
import { home, images, inContainer, installedBy, tools } from './in-container.ts';
import { atNextStart, choice, password, text, wholeNumber, yesOrNo } from './settings.ts';

export const factorio: TemplateInput = {
  ...inContainer,
  id: 'factorio',
  name: 'Factorio',
  summary: 'Mine, automate and defend a factory that must grow',
  icon: 'factorio',
  images: images.debian,
  variables: [
    choice(
      'RELEASE',
      'Release',
      'stable',
      { options: [{ value: 'stable' }, { value: 'experimental' }] },
      { description: 'Takes effect with a new installation.' },
    ),
    text(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { minLength: 1, maxLength: 100 },
      atNextStart,
    ),
    text('SERVER_DESCRIPTION', 'Description', '', { minLength: 0, maxLength: 200 }, atNextStart),
    wholeNumber(
      'MAX_PLAYERS',
      'Player slots',
      '0',
      { min: 0, max: 1000 },
      { description: '0 is without a limit.' },
    ),
    password('SERVER_PASSWORD', 'Password to join', 'Left empty, whoever knows the address may join.'),
    yesOrNo('PUBLIC', 'In the public list', 'false', {
      description: 'Needs the name and token of a Factorio account.',
    }),
    text('FACTORIO_USERNAME', 'Factorio account', '', { minLength: 0, maxLength: 60 }),
    password('FACTORIO_TOKEN', 'Token of the account', 'From the profile page of the account.'),
    wholeNumber('AUTOSAVE_MINUTES', 'Minutes between saves', '10', { min: 1, max: 240 }, atNextStart),
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'udp', preferred: 34197 }],
  startup: {
    argv: [
      `${home}/bin/x64/factorio`,
      '--port',
      '{{SERVER_PORT}}',
      '--server-settings',
      'data/server-settings.json',
      '--start-server',
      'saves/world.zip',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Hosting game at', timeoutSeconds: 300 },
  stop: { kind: 'command', command: '/quit', timeoutSeconds: 60 },
  install: installedBy(`${tools('jq', 'xz-utils')}
version=$(curl -fsSL --retry 3 https://factorio.com/api/latest-releases | jq -r --arg release "$RELEASE" '.[$release].headless')
echo "Downloading Factorio $version ..."
curl -fsSL --retry 3 -o /tmp/factorio.tar.xz "https://www.factorio.com/get-download/$version/headless/linux64"
tar -xJf /tmp/factorio.tar.xz --strip-components=1
for name in server-settings map-gen-settings map-settings; do
  if [ ! -f "data/$name.json" ]; then cp "data/$name.example.json" "data/$name.json"; fi
done
mkdir -p saves
if [ ! -f saves/world.zip ]; then
  ./bin/x64/factorio --create saves/world.zip --map-gen-settings data/map-gen-settings.json --map-settings data/map-settings.json
fi`),
  configFiles: [
    {
      path: 'data/server-settings.json',
      parser: 'json',
      find: {
        name: '{{env.SERVER_TITLE}}',
        description: '{{env.SERVER_DESCRIPTION}}',
        max_players: '{{env.MAX_PLAYERS}}',
        game_password: '{{env.SERVER_PASSWORD}}',
        'visibility.public': '{{env.PUBLIC}}',
        username: '{{env.FACTORIO_USERNAME}}',
        token: '{{env.FACTORIO_TOKEN}}',
        autosave_interval: '{{env.AUTOSAVE_MINUTES}}',
      },
      createFile: false,
    },
  ],
  tags: ['strategy', 'building'],
  defaults: { memoryMb: 2048, minimumMemoryMb: 1024, cpuCores: 2, diskMb: 4096 },
  howToJoin: 'In Factorio choose Multiplayer, Connect to address, and enter {{ADDRESS}}',
};
