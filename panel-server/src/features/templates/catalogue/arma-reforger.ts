import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, home, images, inContainer } from './in-container.ts';
import { atNextStart, password, text, wholeNumber, yesOrNo } from './settings.ts';

const empty = {
  bindAddress: '0.0.0.0',
  bindPort: 2001,
  publicPort: 2001,
  game: { name: '', password: '', passwordAdmin: '', scenarioId: '', maxPlayers: 32, visible: true },
};

export const armaReforger: TemplateInput = {
  ...inContainer,
  id: 'arma-reforger',
  name: 'Arma Reforger',
  summary: 'Cold-war battles over an island, with vehicles and a lot of walking',
  description: 'Other settings and mods are in config.json.',
  icon: 'arma-reforger',
  images: images.steam,
  variables: [
    text(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { minLength: 1, maxLength: 100 },
      atNextStart,
    ),
    wholeNumber('MAX_PLAYERS', 'Player slots', '32', { min: 1, max: 128 }, atNextStart),
    text(
      'SCENARIO',
      'Scenario',
      '{ECC61978EDCC2B5A}Missions/23_Campaign.conf',
      { minLength: 1, maxLength: 200 },
      atNextStart,
    ),
    yesOrNo('PUBLIC', 'In the list of servers', 'true', atNextStart),
    password('SERVER_PASSWORD', 'Password to join', 'Left empty, whoever finds it may join.'),
    password('ADMIN_PASSWORD', 'Password of administrators', 'Left empty, nobody can become one.'),
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'udp', preferred: 2001 },
    { name: 'query', label: 'Server list', protocol: 'udp', preferred: 17777 },
  ],
  startup: {
    argv: [
      `${home}/ArmaReforgerServer`,
      '-gproj',
      './addons/data/ArmaReforger.gproj',
      '-config',
      './config.json',
      '-profile',
      './profile',
      '-a2sPort',
      '{{PORT_QUERY}}',
      '-maxFPS',
      '60',
      '-backendlog',
      '-nothrow',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Starting RPL server', timeoutSeconds: 900 },
  stop: { kind: 'signal', signal: 'SIGINT', timeoutSeconds: 60 },
  install: fromSteam(
    1874900,
    `mkdir -p profile
if [ ! -f config.json ]; then echo '${JSON.stringify(empty)}' > config.json; fi`,
  ),
  configFiles: [
    {
      path: 'config.json',
      parser: 'json',
      find: {
        bindPort: '{{env.SERVER_PORT}}',
        publicPort: '{{env.SERVER_PORT}}',
        'game.name': '{{env.SERVER_TITLE}}',
        'game.password': '{{env.SERVER_PASSWORD}}',
        'game.passwordAdmin': '{{env.ADMIN_PASSWORD}}',
        'game.scenarioId': '{{env.SCENARIO}}',
        'game.maxPlayers': '{{env.MAX_PLAYERS}}',
        'game.visible': '{{env.PUBLIC}}',
      },
      createFile: false,
    },
  ],
  tags: ['shooter', 'steam'],
  defaults: { memoryMb: 8192, minimumMemoryMb: 4096, cpuCores: 4, diskMb: 20_480 },
  howToJoin:
    'In Arma Reforger choose Multiplayer, Direct join, and enter the address and port of {{ADDRESS}}',
};
