import type { TemplateInput } from '@catalyst/shared/features/templates';
import { atNextStart, password, quotedText, restartPolicy, wholeNumber } from './settings.ts';

const lines: Record<string, string> = {
  motd: '"{{MOTD}}"',
  passwd: '"{{ADMIN_PASSWORD}}"',
  connections_allowed: '{{CONNECTIONS}}',
  max_messages: '{{MAX_MESSAGES}}',
  // It wants a place where other programs can write commands to, and makes it.
  fifo_path: '"./commands"',
};

export const wesnoth: TemplateInput = {
  id: 'wesnoth',
  version: 1,
  name: 'Battle for Wesnoth',
  summary: 'Turn-based fantasy battles: a lobby where players open their games',
  description:
    'A server for Battle for Wesnoth 1.16 from the distribution. It listens on every address of the machine. It takes commands from moderators in the game and none from the console.',
  icon: 'wesnoth',
  images: {},
  processRuntime: true,
  terminal: false,
  variables: [
    quotedText('MOTD', 'Message of the day', 'Welcome!', { minLength: 0, maxLength: 200 }, atNextStart),
    wholeNumber('CONNECTIONS', 'Connections from one address', '5', { min: 1, max: 500 }, atNextStart),
    wholeNumber(
      'MAX_MESSAGES',
      'Messages of a player in ten seconds',
      '4',
      { min: 1, max: 100 },
      { description: 'Who sends more is warned, then thrown out.' },
    ),
    password(
      'ADMIN_PASSWORD',
      'Password of moderators',
      'Left empty, nobody can become one from within the game.',
    ),
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'tcp', preferred: 15000 }],
  startup: { argv: ['wesnothd-1.16', '-p', '{{SERVER_PORT}}', '-c', 'wesnothd.cfg'], environment: {} },
  done: { kind: 'port', port: 'game', timeoutSeconds: 60 },
  stop: { kind: 'signal', signal: 'SIGTERM', timeoutSeconds: 10 },
  install: {
    timeoutSeconds: 60,
    steps: [
      {
        kind: 'write',
        label: 'Write the configuration',
        path: 'wesnothd.cfg',
        content: Object.entries(lines)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      },
    ],
  },
  configFiles: [
    {
      path: 'wesnothd.cfg',
      parser: 'file',
      find: Object.fromEntries(
        Object.entries(lines).map(([name, value]) => [
          `${name}=`,
          `${name}=${value.replace('{{', '{{env.')}`,
        ]),
      ),
    },
  ],
  tags: ['strategy', 'turn-based'],
  hostPackages: [{ debian: 'wesnoth-1.16-server', program: 'wesnothd-1.16' }],
  restartPolicy,
  defaults: { memoryMb: 256, minimumMemoryMb: 128, cpuCores: 0.5, diskMb: 256 },
  howToJoin: 'In Battle for Wesnoth 1.16 choose Multiplayer, Connect to Server, and enter {{ADDRESS}}',
};
