import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, home, images, inContainer } from './in-container.ts';
import { atNextStart, choice, password, text, wholeNumber, yesOrNo } from './settings.ts';

export const dontStarveTogether: TemplateInput = {
  ...inContainer,
  id: 'dont-starve-together',
  name: "Don't Starve Together",
  summary: 'Gather, cook and keep the fire burning, or be eaten',
  description:
    'One world above the ground, without caves. The token comes from the account page of Klei, or the console of the game.',
  icon: 'dont-starve',
  images: images.source,
  variables: [
    text(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { minLength: 1, maxLength: 60 },
      atNextStart,
    ),
    text('SERVER_DESCRIPTION', 'Description', '', { minLength: 0, maxLength: 200 }, atNextStart),
    text(
      'CLUSTER_TOKEN',
      'Token of Klei',
      '',
      {
        minLength: 10,
        maxLength: 200,
        pattern: '[A-Za-z0-9^+/=_-]*',
        hint: 'must be a token as Klei gives it',
      },
      { description: 'Takes effect at the next start. The server does not run without.', secret: true },
    ),
    password('SERVER_PASSWORD', 'Password to join', 'Left empty, whoever finds it may join.'),
    wholeNumber('MAX_PLAYERS', 'Player slots', '6', { min: 1, max: 64 }, atNextStart),
    choice(
      'GAME_MODE',
      'Game mode',
      'survival',
      { options: ['survival', 'endless', 'wilderness'].map((value) => ({ value })) },
      atNextStart,
    ),
    yesOrNo('PVP', 'Players can hurt each other', 'false', atNextStart),
    yesOrNo('PAUSE', 'Pause when nobody is there', 'true', atNextStart),
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'udp', preferred: 10999 },
    { name: 'steam', label: 'Server list', protocol: 'udp', preferred: 27016 },
  ],
  startup: {
    // It looks for its data from the folder of its program, and for the token in a file. What follows the script is
    // the program with its own words.
    argv: [
      '/bin/sh',
      '-c',
      'printf %s "$CLUSTER_TOKEN" > data-of-server/world/cluster_token.txt && cd bin64 && exec "$0" "$@"',
      './dontstarve_dedicated_server_nullrenderer_x64',
      '-persistent_storage_root',
      home,
      '-conf_dir',
      'data-of-server',
      '-cluster',
      'world',
      '-shard',
      'Master',
      '-bind_ip',
      '0.0.0.0',
      '-port',
      '{{SERVER_PORT}}',
      '-steam_master_server_port',
      '{{PORT_STEAM}}',
    ],
    environment: { LD_LIBRARY_PATH: `${home}/bin64/lib64` },
  },
  done: { kind: 'line', contains: 'Setting breakpad minidump AppID', timeoutSeconds: 600 },
  stop: { kind: 'command', command: 'c_shutdown()', timeoutSeconds: 60 },
  install: fromSteam(343050, 'mkdir -p data-of-server/world/Master'),
  configFiles: [
    {
      path: 'data-of-server/world/cluster.ini',
      parser: 'ini',
      find: {
        'GAMEPLAY.game_mode': '{{env.GAME_MODE}}',
        'GAMEPLAY.max_players': '{{env.MAX_PLAYERS}}',
        'GAMEPLAY.pvp': '{{env.PVP}}',
        'GAMEPLAY.pause_when_empty': '{{env.PAUSE}}',
        'NETWORK.cluster_name': '{{env.SERVER_TITLE}}',
        'NETWORK.cluster_description': '{{env.SERVER_DESCRIPTION}}',
        'NETWORK.cluster_password': '{{env.SERVER_PASSWORD}}',
        'MISC.console_enabled': 'true',
      },
    },
  ],
  tags: ['survival', 'steam'],
  defaults: { memoryMb: 2048, minimumMemoryMb: 1024, cpuCores: 2, diskMb: 6144 },
  howToJoin: "In Don't Starve Together choose Browse Games and search for the name of the server",
};
