import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, home, images, inContainer } from './in-container.ts';
import { atNextStart, choice, password, quotedText, wholeNumber, yesOrNo } from './settings.ts';

const maps = {
  TheIsland: 'The Island',
  TheCenter: 'The Center',
  ScorchedEarth_P: 'Scorched Earth',
  Ragnarok: 'Ragnarok',
  Aberration_P: 'Aberration',
  Extinction: 'Extinction',
  Valguero_P: 'Valguero',
  Genesis: 'Genesis',
  CrystalIsles: 'Crystal Isles',
  Gen2: 'Genesis, part 2',
  LostIsland: 'Lost Island',
  Fjordur: 'Fjordur',
};

export const arkSurvivalEvolved: TemplateInput = {
  ...inContainer,
  id: 'ark-survival-evolved',
  name: 'ARK: Survival Evolved',
  summary: 'Tame dinosaurs, and build where they do not reach you',
  description: 'Other settings are in the folder ShooterGame/Saved/Config/LinuxServer.',
  icon: 'ark',
  images: images.steam,
  variables: [
    quotedText(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { maxLength: 60 },
      atNextStart,
    ),
    choice(
      'MAP',
      'Map',
      'TheIsland',
      { options: Object.entries(maps).map(([value, label]) => ({ value, label })) },
      atNextStart,
    ),
    wholeNumber('MAX_PLAYERS', 'Player slots', '20', { min: 1, max: 127 }, atNextStart),
    yesOrNo('PEACEFUL', 'Players cannot harm each other', 'false', atNextStart),
    password('SERVER_PASSWORD', 'Password to join', 'Left empty, whoever finds it may join.'),
    password('ADMIN_PASSWORD', 'Password of administrators', 'Left empty, nobody can become one.'),
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'udp', preferred: 7777 },
    // It is not told this one, and takes it without asking.
    {
      ...{ name: 'raw', label: 'Raw connections', protocol: 'udp', preferred: 7778 },
      offset: { from: 'game', by: 1 },
    },
    { name: 'query', label: 'Server list', protocol: 'udp', preferred: 27015 },
    { name: 'rcon', label: 'Remote console', protocol: 'tcp', preferred: 27020 },
  ],
  startup: {
    argv: [
      `${home}/ShooterGame/Binaries/Linux/ShooterGameServer`,
      '{{MAP}}?listen?Port={{SERVER_PORT}}?QueryPort={{PORT_QUERY}}?RCONEnabled=True?RCONPort={{PORT_RCON}}?MaxPlayers={{MAX_PLAYERS}}?ServerPVE={{PEACEFUL}}',
      '-server',
      '-log',
    ],
    environment: {},
  },
  // It says little, and answers the server list when players can join.
  done: { kind: 'query', protocol: 'source', port: 'query', timeoutSeconds: 1800 },
  stop: { kind: 'signal', signal: 'SIGINT', timeoutSeconds: 180 },
  install: fromSteam(376030),
  configFiles: [
    {
      path: 'ShooterGame/Saved/Config/LinuxServer/GameUserSettings.ini',
      parser: 'ini',
      find: {
        'SessionSettings.SessionName': '{{env.SERVER_TITLE}}',
        'ServerSettings.ServerPassword': '{{env.SERVER_PASSWORD}}',
        'ServerSettings.ServerAdminPassword': '{{env.ADMIN_PASSWORD}}',
      },
    },
  ],
  tags: ['survival', 'steam'],
  defaults: { memoryMb: 10_240, minimumMemoryMb: 6144, cpuCores: 3, diskMb: 40_960 },
  howToJoin:
    'In ARK find the name of the server among the unofficial ones, or open the console and enter: open {{ADDRESS}}',
};
