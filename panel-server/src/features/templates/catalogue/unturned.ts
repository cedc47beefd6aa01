import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, home, images, inContainer } from './in-container.ts';
import { atNextStart, password, quotedText, text, wholeNumber } from './settings.ts';

const folder = 'Servers/Catalyst/Server';

export const unturned: TemplateInput = {
  ...inContainer,
  id: 'unturned',
  name: 'Unturned',
  summary: 'Survive among zombies in a plain and colourful country, alone or together',
  description: `Other settings are in the folder ${folder.replace('/Server', '')}, as commands and in Config.`,
  icon: 'unturned',
  images: images.steam,
  // Its console reads keys.
  terminal: true,
  variables: [
    quotedText(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { maxLength: 50 },
      atNextStart,
    ),
    text(
      'MAP',
      'Map',
      'PEI',
      {
        minLength: 1,
        maxLength: 60,
        pattern: "[A-Za-z0-9 _'-]*",
        hint: "must be letters, digits, spaces, _ ' and -",
      },
      atNextStart,
    ),
    wholeNumber('MAX_PLAYERS', 'Player slots', '24', { min: 1, max: 200 }, atNextStart),
    password('SERVER_PASSWORD', 'Password to join', 'Left empty, whoever finds it may join.'),
    text(
      'STEAM_TOKEN',
      'Game server token',
      '',
      { minLength: 0, maxLength: 32, pattern: '[A-Za-z0-9]*', hint: 'must be letters and digits' },
      {
        description:
          'From https://steamcommunity.com/dev/managegameservers for game 304930; without one it is in no list.',
        secret: true,
      },
    ),
  ],
  ports: [
    { name: 'game', label: 'Server list and joining', protocol: 'udp', preferred: 27015 },
    // It is not told this one, and takes it without asking.
    {
      ...{ name: 'traffic', label: 'Game', protocol: 'udp', preferred: 27016 },
      offset: { from: 'game', by: 1 },
    },
  ],
  startup: {
    argv: [
      `${home}/Unturned_Headless.x86_64`,
      '-batchmode',
      '-nographics',
      '-bind',
      '0.0.0.0',
      '-port',
      '{{SERVER_PORT}}',
      '+InternetServer/Catalyst',
    ],
    environment: { LD_LIBRARY_PATH: `${home}/Unturned_Headless_Data/Plugins/x86_64` },
  },
  done: { kind: 'line', contains: 'Loading level: 100%', timeoutSeconds: 900 },
  stop: {
    ...{ kind: 'command', command: 'shutdown', timeoutSeconds: 60 },
    followUp: { signal: 'SIGINT', afterSeconds: 30 },
  },
  install: fromSteam(
    1110390,
    `mkdir -p Unturned_Headless_Data/Plugins/x86_64 ${folder}
cp .steam/sdk64/steamclient.so Unturned_Headless_Data/Plugins/x86_64/
# The owner's own file, with the lines that the settings are written to.
if [ ! -f ${folder}/Commands.dat ]; then
  printf '%s\\n' 'Name ' 'Map ' 'MaxPlayers ' 'Password ' 'GSLT ' > ${folder}/Commands.dat
fi`,
  ),
  configFiles: [
    {
      path: `${folder}/Commands.dat`,
      parser: 'file',
      find: {
        'Name ': 'Name {{env.SERVER_TITLE}}',
        'Map ': 'Map {{env.MAP}}',
        'MaxPlayers ': 'MaxPlayers {{env.MAX_PLAYERS}}',
        'Password ': 'Password {{env.SERVER_PASSWORD}}',
        'GSLT ': 'GSLT {{env.STEAM_TOKEN}}',
      },
      createFile: false,
    },
  ],
  features: ['gsl_token'],
  tags: ['survival', 'steam'],
  defaults: { memoryMb: 4096, minimumMemoryMb: 2048, cpuCores: 2, diskMb: 10_240 },
  howToJoin: 'In Unturned choose Play, Connect, and enter the address and port of {{ADDRESS}}',
};
