import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, home, images, inContainer } from './in-container.ts';
import { atNextStart, choice, password, quotedText, text, wholeNumber } from './settings.ts';

const mapName = {
  minLength: 1,
  maxLength: 60,
  pattern: '[A-Za-z0-9_./-]*',
  hint: 'must be letters, digits, _ . / and -',
};
const steamToken = text(
  'STEAM_TOKEN',
  'Game server token',
  '',
  { minLength: 0, maxLength: 32, pattern: '[A-Za-z0-9]*', hint: 'must be letters and digits' },
  {
    description:
      'From https://steamcommunity.com/dev/managegameservers; without one it is for the local network.',
    secret: true,
  },
);
const title = quotedText(
  'SERVER_TITLE',
  'Name in the server list',
  'A Catalyst server',
  { maxLength: 64 },
  atNextStart,
);
const joinPassword = password(
  'SERVER_PASSWORD',
  'Password to join',
  'Left empty, whoever knows the address may join.',
);
const rconPassword = password(
  'RCON_PASSWORD',
  'Password of the remote console',
  'Left empty, there is none.',
);

/** Passwords go into a file: the words of a command are easily read by others. */
const serverConfig = (folder: string): TemplateInput['configFiles'] => [
  {
    path: `${folder}/cfg/server.cfg`,
    parser: 'file',
    find: {
      'hostname ': 'hostname "{{env.SERVER_TITLE}}"',
      'sv_password ': 'sv_password "{{env.SERVER_PASSWORD}}"',
      'rcon_password ': 'rcon_password "{{env.RCON_PASSWORD}}"',
    },
    createFile: false,
  },
];

/** A file of the owner's own, with the lines that the settings are written to. */
const writeConfig = (folder: string) => `mkdir -p ${folder}/cfg
if [ ! -f ${folder}/cfg/server.cfg ]; then
  printf '%s\\n' 'hostname ' 'sv_password ' 'rcon_password ' > ${folder}/cfg/server.cfg
fi`;

const ports: TemplateInput['ports'] = [{ name: 'game', label: 'Game', protocol: 'both', preferred: 27015 }];
const howToJoin = 'Open the console of the game and enter: connect {{ADDRESS}}';

export const counterStrike2: TemplateInput = {
  ...inContainer,
  id: 'counter-strike-2',
  name: 'Counter-Strike 2',
  summary: 'Five against five: plant the bomb, or keep them from it',
  icon: 'counter-strike',
  images: { Sniper: 'ghcr.io/ptero-eggs/steamcmd:sniper' },
  variables: [
    title,
    wholeNumber('MAX_PLAYERS', 'Player slots', '12', { min: 2, max: 64 }, atNextStart),
    text('MAP', 'Map', 'de_dust2', mapName, atNextStart),
    choice(
      'MODE',
      'Kind of game',
      'competitive',
      { options: ['casual', 'competitive', 'wingman', 'deathmatch', 'armsrace'].map((value) => ({ value })) },
      atNextStart,
    ),
    joinPassword,
    rconPassword,
    steamToken,
  ],
  ports,
  startup: {
    argv: [
      `${home}/game/bin/linuxsteamrt64/cs2`,
      '-dedicated',
      '-usercon',
      '-ip',
      '0.0.0.0',
      '-port',
      '{{SERVER_PORT}}',
      '-maxplayers',
      '{{MAX_PLAYERS}}',
      '+game_alias',
      '{{MODE}}',
      '+sv_setsteamaccount',
      '{{STEAM_TOKEN}}',
      '+map',
      '{{MAP}}',
    ],
    environment: { LD_LIBRARY_PATH: `${home}/game/bin/linuxsteamrt64` },
  },
  done: { kind: 'line', contains: 'Connection to Steam servers successful', timeoutSeconds: 900 },
  stop: { kind: 'command', command: 'quit', timeoutSeconds: 30 },
  install: fromSteam(730, writeConfig('game/csgo')),
  configFiles: serverConfig('game/csgo'),
  tags: ['shooter', 'steam'],
  defaults: { memoryMb: 4096, minimumMemoryMb: 2048, cpuCores: 2, diskMb: 71_680 },
  howToJoin,
};

export const garrysMod: TemplateInput = {
  ...inContainer,
  id: 'garrys-mod',
  name: "Garry's Mod",
  summary: 'A physics sandbox and hundreds of game modes made by players',
  icon: 'garrys-mod',
  images: images.source,
  variables: [
    title,
    wholeNumber('MAX_PLAYERS', 'Player slots', '16', { min: 1, max: 128 }, atNextStart),
    text('MAP', 'Map', 'gm_flatgrass', mapName, atNextStart),
    text('GAME_MODE', 'Game mode', 'sandbox', { ...mapName, maxLength: 40 }, atNextStart),
    wholeNumber(
      'WORKSHOP_COLLECTION',
      'Workshop collection',
      '0',
      { min: 0, max: 99_999_999_999 },
      {
        description: 'The number of a collection of the Steam workshop; 0 is none.',
      },
    ),
    wholeNumber('TICK_RATE', 'Ticks a second', '33', { min: 11, max: 100 }, atNextStart),
    joinPassword,
    rconPassword,
    steamToken,
  ],
  ports,
  startup: {
    argv: [
      `${home}/srcds_run`,
      '-game',
      'garrysmod',
      '-console',
      '-norestart',
      '-strictportbind',
      '-ip',
      '0.0.0.0',
      '-port',
      '{{SERVER_PORT}}',
      '-tickrate',
      '{{TICK_RATE}}',
      '+maxplayers',
      '{{MAX_PLAYERS}}',
      '+gamemode',
      '{{GAME_MODE}}',
      '+host_workshop_collection',
      '{{WORKSHOP_COLLECTION}}',
      '+sv_setsteamaccount',
      '{{STEAM_TOKEN}}',
      '+map',
      '{{MAP}}',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'gameserver Steam ID', timeoutSeconds: 900 },
  stop: { kind: 'command', command: 'quit', timeoutSeconds: 30 },
  install: fromSteam(4020, writeConfig('garrysmod')),
  configFiles: serverConfig('garrysmod'),
  features: ['gsl_token'],
  tags: ['sandbox', 'steam'],
  defaults: { memoryMb: 3072, minimumMemoryMb: 2048, cpuCores: 2, diskMb: 20_480 },
  howToJoin,
};

export const teamFortress2: TemplateInput = {
  ...inContainer,
  id: 'team-fortress-2',
  name: 'Team Fortress 2',
  summary: 'Nine classes, two teams, and a lot of hats',
  icon: 'team-fortress',
  images: images.source,
  variables: [
    title,
    wholeNumber('MAX_PLAYERS', 'Player slots', '24', { min: 2, max: 100 }, atNextStart),
    text('MAP', 'Map', 'ctf_2fort', mapName, atNextStart),
    joinPassword,
    rconPassword,
    steamToken,
  ],
  ports,
  startup: {
    argv: [
      `${home}/srcds_run`,
      '-game',
      'tf',
      '-console',
      '-norestart',
      '-strictportbind',
      '-ip',
      '0.0.0.0',
      '-port',
      '{{SERVER_PORT}}',
      '+maxplayers',
      '{{MAX_PLAYERS}}',
      '+sv_setsteamaccount',
      '{{STEAM_TOKEN}}',
      '+map',
      '{{MAP}}',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'gameserver Steam ID', timeoutSeconds: 900 },
  stop: { kind: 'command', command: 'quit', timeoutSeconds: 30 },
  install: fromSteam(232250, writeConfig('tf')),
  configFiles: serverConfig('tf'),
  features: ['gsl_token'],
  tags: ['shooter', 'steam'],
  defaults: { memoryMb: 3072, minimumMemoryMb: 2048, cpuCores: 2, diskMb: 25_600 },
  howToJoin,
};
