import type { TemplateInput } from '@catalyst/shared/features/templates';
import { atNextStart, choice, password, quotedText, restartPolicy, wholeNumber } from './settings.ts';

export const teeworlds: TemplateInput = {
  id: 'teeworlds',
  version: 1,
  name: 'Teeworlds',
  summary: 'Quick two-dimensional shooter with hooks and round heroes',
  description:
    'A dedicated Teeworlds 0.7 server from the distribution. Other settings go into server.cfg, which is read at each start before those here.',
  icon: 'teeworlds',
  images: {},
  processRuntime: true,
  terminal: false,
  variables: [
    quotedText(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { maxLength: 60 },
      atNextStart,
    ),
    quotedText('MOTD', 'Message of the day', 'Welcome!', { minLength: 0, maxLength: 200 }, atNextStart),
    wholeNumber('MAX_CLIENTS', 'Player slots', '16', { min: 1, max: 64 }, atNextStart),
    choice(
      'GAME_TYPE',
      'Kind of game',
      'dm',
      {
        options: [
          { value: 'dm', label: 'Death match' },
          { value: 'tdm', label: 'Team death match' },
          { value: 'ctf', label: 'Capture the flag' },
          { value: 'lms', label: 'Last man standing' },
          { value: 'lts', label: 'Last team standing' },
        ],
      },
      atNextStart,
    ),
    choice(
      'MAP',
      'Map',
      'dm1',
      {
        options: [
          'dm1',
          'dm2',
          'dm3',
          'dm6',
          'dm7',
          'dm8',
          'dm9',
          'lms1',
          'ctf1',
          'ctf2',
          'ctf3',
          'ctf4',
          'ctf5',
          'ctf6',
          'ctf7',
          'ctf8',
        ].map((value) => ({ value })),
      },
      { description: 'Takes effect at the next start. A flag needs a map that begins with ctf.' },
    ),
    wholeNumber('SCORE_LIMIT', 'Score that ends a round', '20', { min: 0, max: 1000 }, atNextStart),
    choice(
      'PUBLIC',
      'Public list of servers',
      '0',
      {
        options: [
          { value: '0', label: 'Not listed' },
          { value: '1', label: 'Listed' },
        ],
      },
      atNextStart,
    ),
    password(
      'RCON_PASSWORD',
      'Password of the remote console',
      'Left empty, the game makes one up and prints it.',
    ),
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'udp', preferred: 8303 }],
  startup: {
    argv: [
      'teeworlds-server',
      '-f',
      'server.cfg',
      'bindaddr {{SERVER_IP}}',
      'sv_port {{SERVER_PORT}}',
      'sv_name "{{SERVER_TITLE}}"',
      'sv_motd "{{MOTD}}"',
      'sv_max_clients {{MAX_CLIENTS}}',
      'sv_player_slots {{MAX_CLIENTS}}',
      'sv_gametype {{GAME_TYPE}}',
      'sv_map {{MAP}}',
      'sv_scorelimit {{SCORE_LIMIT}}',
      'sv_register {{PUBLIC}}',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: "server name is '", timeoutSeconds: 60 },
  stop: { kind: 'signal', signal: 'SIGTERM', timeoutSeconds: 10 },
  install: {
    timeoutSeconds: 60,
    steps: [
      {
        kind: 'write',
        label: 'Write the configuration',
        path: 'server.cfg',
        // Not among the words of the command, which everybody on the machine can read.
        content: 'sv_rcon_password {{RCON_PASSWORD}}\n',
      },
    ],
  },
  configFiles: [
    {
      path: 'server.cfg',
      parser: 'file',
      find: { sv_rcon_password: 'sv_rcon_password {{env.RCON_PASSWORD}}' },
    },
  ],
  tags: ['shooter'],
  hostPackages: [{ debian: 'teeworlds-server', program: 'teeworlds-server' }],
  restartPolicy,
  defaults: { memoryMb: 128, minimumMemoryMb: 64, cpuCores: 0.5, diskMb: 256 },
  howToJoin: 'In Teeworlds 0.7 press Play, enter {{ADDRESS}} below the list and connect',
};
