import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, home, inContainer } from './in-container.ts';
import { atNextStart, choice, text, wholeNumber } from './settings.ts';

export const valheim: TemplateInput = {
  ...inContainer,
  id: 'valheim',
  name: 'Valheim',
  summary: 'Explore and survive in a Viking afterlife with up to ten players',
  icon: 'valheim',
  images: { Valheim: 'ghcr.io/parkervcp/games:valheim' },
  variables: [
    text(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { minLength: 1, maxLength: 60 },
      atNextStart,
    ),
    text(
      'WORLD_NAME',
      'World',
      'Dedicated',
      { minLength: 1, maxLength: 20, pattern: '[A-Za-z0-9_-]*', hint: 'must be letters, digits, _ and -' },
      { description: 'Another name is another world.' },
    ),
    text(
      'SERVER_PASSWORD',
      'Password to join',
      '',
      { minLength: 5, maxLength: 20, pattern: '[A-Za-z0-9_.-]*', hint: 'must be letters, digits, _ . and -' },
      {
        description: 'The game wants one of five characters or more, which the name does not hold.',
        secret: true,
      },
    ),
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
    wholeNumber('SAVE_SECONDS', 'Seconds between saves', '1800', { min: 60, max: 86_400 }, atNextStart),
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'udp', preferred: 2456 }],
  startup: {
    argv: [
      `${home}/valheim_server.x86_64`,
      '-nographics',
      '-batchmode',
      '-name',
      '{{SERVER_TITLE}}',
      '-port',
      '{{SERVER_PORT}}',
      '-world',
      '{{WORLD_NAME}}',
      '-password',
      '{{SERVER_PASSWORD}}',
      '-public',
      '{{PUBLIC}}',
      '-savedir',
      `${home}/saves`,
      '-saveinterval',
      '{{SAVE_SECONDS}}',
      // Players find it by a code, and no second port is needed for the search of servers.
      '-crossplay',
    ],
    environment: { LD_LIBRARY_PATH: `${home}/linux64`, SteamAppId: '892970' },
  },
  done: { kind: 'line', contains: 'DungeonDB Start', timeoutSeconds: 900 },
  stop: { kind: 'signal', signal: 'SIGINT', timeoutSeconds: 120 },
  install: fromSteam(896660),
  tags: ['survival', 'steam'],
  defaults: { memoryMb: 4096, minimumMemoryMb: 2048, cpuCores: 2, diskMb: 10_240 },
  howToJoin:
    'In Valheim choose Join game, Add server, and enter {{ADDRESS}} or the join code from the console',
};
