import type { TemplateInput } from '@catalyst/shared/features/templates';
import { choice, restartPolicy, wholeNumber } from './settings.ts';

const ofNewGame = { description: 'Of a new game.' };

const settings: Record<string, string> = {
  maxplayers: '{{MAX_PLAYERS}}',
  minplayers: '{{MIN_PLAYERS}}',
  aifill: '{{FILL_TO}}',
  timeout: '{{TURN_SECONDS}}',
  saveturns: '{{SAVE_TURNS}}',
};

/** The game that was saved when the server stopped; at the first start there is none, which the game says and goes on. */
const setup = `load last
${Object.entries(settings)
  .map(([name, value]) => `set ${name} ${value}\n`)
  .join('')}`;

export const freeciv: TemplateInput = {
  id: 'freeciv',
  version: 1,
  name: 'Freeciv',
  summary: 'Build an empire from the stone age to the stars, turn by turn',
  description:
    'A Freeciv 3.0 server from the distribution. The game is saved as "last" when the server stops and loaded at the next start; delete that file for a new game. The console takes the commands of the game: help lists them.',
  icon: 'freeciv',
  images: {},
  processRuntime: true,
  terminal: false,
  variables: [
    choice(
      'RULESET',
      'Rules',
      'civ2civ3',
      {
        options: ['civ2civ3', 'classic', 'civ1', 'civ2', 'multiplayer', 'experimental'].map((value) => ({
          value,
        })),
      },
      ofNewGame,
    ),
    wholeNumber('MAX_PLAYERS', 'Player slots', '30', { min: 1, max: 500 }, ofNewGame),
    wholeNumber('MIN_PLAYERS', 'People a game needs to begin', '1', { min: 0, max: 500 }, ofNewGame),
    wholeNumber(
      'FILL_TO',
      'Filled up with the computer to',
      '5',
      { min: 0, max: 500 },
      { description: 'Players of a new game, people included.' },
    ),
    wholeNumber(
      'TURN_SECONDS',
      'Seconds for a turn',
      '0',
      { min: 0, max: 8_639_999 },
      { description: '0 waits until everybody is done.' },
    ),
    wholeNumber('SAVE_TURNS', 'Turns between saves', '1', { min: 1, max: 200 }),
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'tcp', preferred: 5556 }],
  startup: {
    argv: [
      'freeciv-server',
      '--bind',
      '{{SERVER_IP}}',
      '--port',
      '{{SERVER_PORT}}',
      '--saves',
      '.',
      '--Announce',
      'none',
      '--ruleset',
      '{{RULESET}}',
      '--read',
      'setup.serv',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Now accepting new client connections', timeoutSeconds: 120 },
  stop: { kind: 'command', command: 'read stop.serv', timeoutSeconds: 30 },
  install: {
    timeoutSeconds: 60,
    steps: [
      { kind: 'write', label: 'Write the configuration', path: 'setup.serv', content: setup },
      { kind: 'write', label: 'Write the configuration', path: 'stop.serv', content: 'save last\nquit\n' },
    ],
  },
  configFiles: [
    {
      path: 'setup.serv',
      parser: 'file',
      find: Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [
          `set ${name} `,
          `set ${name} ${value.replace('{{', '{{env.')}`,
        ]),
      ),
    },
  ],
  tags: ['strategy', 'turn-based'],
  hostPackages: [{ debian: 'freeciv-server', program: 'freeciv-server' }],
  restartPolicy,
  defaults: { memoryMb: 512, minimumMemoryMb: 256, cpuCores: 1, diskMb: 512 },
  howToJoin: 'In Freeciv choose Connect to Network Game, and enter the address and port of {{ADDRESS}}',
};
