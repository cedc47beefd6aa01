import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, home, images, inContainer } from './in-container.ts';
import { atNextStart, choice, password, quotedText, wholeNumber } from './settings.ts';

export const barotrauma: TemplateInput = {
  ...inContainer,
  id: 'barotrauma',
  name: 'Barotrauma',
  summary: 'A submarine, a crew, and too much water outside',
  description: 'Other settings are in serversettings.xml, written at the first start.',
  icon: 'barotrauma',
  images: images.steam,
  variables: [
    quotedText(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { maxLength: 60 },
      atNextStart,
    ),
    wholeNumber('MAX_PLAYERS', 'Player slots', '10', { min: 1, max: 16 }, atNextStart),
    choice(
      'PUBLIC',
      'Public list of servers',
      'false',
      {
        options: [
          { value: 'false', label: 'Not listed' },
          { value: 'true', label: 'Listed' },
        ],
      },
      atNextStart,
    ),
    password('SERVER_PASSWORD', 'Password to join', 'Left empty, whoever finds it may join.'),
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'udp', preferred: 27015 },
    { name: 'query', label: 'Server list', protocol: 'udp', preferred: 27016 },
  ],
  startup: {
    argv: [
      `${home}/DedicatedServer`,
      '-batchmode',
      '-name',
      '{{SERVER_TITLE}}',
      '-port',
      '{{SERVER_PORT}}',
      '-queryport',
      '{{PORT_QUERY}}',
      '-maxplayers',
      '{{MAX_PLAYERS}}',
      '-public',
      '{{PUBLIC}}',
      '-password',
      '{{SERVER_PASSWORD}}',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Server started', timeoutSeconds: 300 },
  stop: { kind: 'signal', signal: 'SIGINT', timeoutSeconds: 60 },
  install: fromSteam(1026340),
  tags: ['survival', 'steam'],
  defaults: { memoryMb: 2048, minimumMemoryMb: 1024, cpuCores: 1, diskMb: 5120 },
  howToJoin: 'In Barotrauma choose Join server, Direct join, and enter {{ADDRESS}}',
};
