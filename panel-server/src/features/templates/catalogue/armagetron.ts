import type { TemplateInput } from '@catalyst/shared/features/templates';
import { atNextStart, choice, restartPolicy, text, wholeNumber } from './settings.ts';

const configuration = {
  SERVER_NAME: 'SERVER_TITLE',
  SERVER_IP: 'SERVER_IP',
  SERVER_PORT: 'SERVER_PORT',
  MAX_CLIENTS: 'MAX_CLIENTS',
  NUM_AIS: 'COMPUTER_PLAYERS',
  TALK_TO_MASTER: 'PUBLIC',
};
const lines = Object.entries(configuration);

export const armagetron: TemplateInput = {
  id: 'armagetron',
  version: 1,
  name: 'Armagetron Advanced',
  summary: 'Light cycles that leave walls behind; the last one riding wins',
  description:
    'A dedicated Armagetron Advanced server from the distribution. Other settings go into config/autoexec.cfg.',
  icon: 'armagetron',
  images: {},
  processRuntime: true,
  terminal: false,
  variables: [
    text(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { minLength: 1, maxLength: 60 },
      atNextStart,
    ),
    wholeNumber('MAX_CLIENTS', 'Player slots', '16', { min: 1, max: 32 }, atNextStart),
    wholeNumber('COMPUTER_PLAYERS', 'Players of the computer', '0', { min: 0, max: 16 }, atNextStart),
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
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'udp', preferred: 4534 }],
  startup: {
    argv: [
      // The program beside it keeps its data where the service of the distribution does.
      'armagetronad-dedicated.real',
      '--datadir',
      '/usr/share/games/armagetronad',
      '--configdir',
      '/etc/armagetronad-dedicated',
      '--userdatadir',
      '.',
      '--userconfigdir',
      './config',
      '--vardir',
      './var',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Timestamp: ', timeoutSeconds: 60 },
  stop: { kind: 'command', command: 'QUIT', timeoutSeconds: 15 },
  install: {
    timeoutSeconds: 60,
    steps: [
      {
        kind: 'write',
        label: 'Write the configuration',
        path: 'config/server_info.cfg',
        content: lines.map(([name, variable]) => `${name} {{${variable}}}\n`).join(''),
      },
      { kind: 'run', label: 'Make a folder for scores and logs', argv: ['mkdir', '-p', 'var'] },
    ],
  },
  configFiles: [
    {
      path: 'config/server_info.cfg',
      parser: 'file',
      find: Object.fromEntries(lines.map(([name, variable]) => [`${name} `, `${name} {{env.${variable}}}`])),
    },
  ],
  tags: ['action'],
  hostPackages: [{ debian: 'armagetronad-dedicated', program: 'armagetronad-dedicated.real' }],
  restartPolicy,
  defaults: { memoryMb: 128, minimumMemoryMb: 64, cpuCores: 0.5, diskMb: 256 },
  howToJoin:
    'In Armagetron Advanced choose Play Game, Multiplayer, Custom Connect, and enter the address and port of {{ADDRESS}}',
};
