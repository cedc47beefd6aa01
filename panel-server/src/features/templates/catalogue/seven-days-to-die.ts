import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, images, inContainer } from './in-container.ts';
import { atNextStart, choice, password, quotedText, text, wholeNumber } from './settings.ts';

const configFile = 'catalyst.xml';

/** It counts on from the port that it is told. */
const nextPort = (by: number, name: string, label: string): TemplateInput['ports'][number] => ({
  ...{ name, label, protocol: 'udp', preferred: 26_900 + by },
  offset: { from: 'game', by },
});

const worldName = {
  minLength: 1,
  maxLength: 40,
  pattern: '[A-Za-z0-9 _-]*',
  hint: 'must be letters, digits, spaces, _ and -',
};

export const sevenDaysToDie: TemplateInput = {
  ...inContainer,
  id: '7-days-to-die',
  name: '7 Days to Die',
  summary: 'Dig in, and hold out against a horde every seventh night',
  description: `Other settings can be added to ${configFile}, as they are written in serverconfig.xml.`,
  icon: '7-days-to-die',
  images: images.steam,
  terminal: true,
  variables: [
    quotedText(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { maxLength: 60 },
      atNextStart,
    ),
    wholeNumber('MAX_PLAYERS', 'Player slots', '8', { min: 1, max: 64 }, atNextStart),
    choice(
      'WORLD',
      'World',
      'Navezgane',
      {
        options: [
          { value: 'Navezgane', label: 'Navezgane' },
          { value: 'RWG', label: 'Made of the seed' },
        ],
      },
      { description: 'One that is made takes many minutes at the first start.' },
    ),
    text('SEED', 'Seed', 'Catalyst', worldName, { description: 'Another seed makes another world.' }),
    text('GAME_NAME', 'Name of the game', 'Catalyst', worldName, {
      description: 'Another name is another game, begun anew.',
    }),
    choice(
      'DIFFICULTY',
      'Difficulty',
      '1',
      {
        options: ['Scavenger', 'Adventurer', 'Nomad', 'Warrior', 'Survivalist', 'Insane'].map(
          (label, value) => ({
            ...{ value: String(value), label },
          }),
        ),
      },
      atNextStart,
    ),
    password('SERVER_PASSWORD', 'Password to join', 'Left empty, whoever finds it may join.'),
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'both', preferred: 26_900 },
    nextPort(1, 'steam', 'Steam'),
    nextPort(2, 'players', 'Players'),
    nextPort(3, 'more', 'More players'),
    { name: 'console', label: 'Console', protocol: 'tcp', preferred: 8081 },
  ],
  startup: {
    shell: {
      // Its console is behind a port, which without a password only the server itself reaches.
      Usual:
        './7DaysToDieServer.x86_64 -logfile output.log -quit -batchmode -nographics -dedicated -configfile=catalyst.xml -ServerPort={{SERVER_PORT}} -ServerName="{{SERVER_TITLE}}" -ServerMaxPlayerCount={{MAX_PLAYERS}} -GameWorld={{WORLD}} -WorldGenSeed="{{SEED}}" -GameName="{{GAME_NAME}}" -GameDifficulty={{DIFFICULTY}} -TelnetEnabled=true -TelnetPort={{PORT_CONSOLE}} -TelnetPassword= & GAME=$!; until nc -z -w5 127.0.0.1 {{PORT_CONSOLE}}; do kill -0 $GAME || exit 1; sleep 5; done; telnet -E 127.0.0.1 {{PORT_CONSOLE}}; wait $GAME',
    },
    environment: { LD_LIBRARY_PATH: '.' },
  },
  done: { kind: 'line', contains: 'Connected with 7DTD server', timeoutSeconds: 3600 },
  stop: { kind: 'command', command: 'shutdown', timeoutSeconds: 180 },
  install: fromSteam(
    294420,
    `# The owner's own file; the password is no word of a command, which others can read.
if [ ! -f ${configFile} ]; then
  printf '%s\\n' '<?xml version="1.0"?>' '<ServerSettings>' '<property name="ServerPassword" value=""/>' '</ServerSettings>' > ${configFile}
fi`,
  ),
  configFiles: [
    {
      path: configFile,
      parser: 'file',
      find: {
        '<property name="ServerPassword"':
          '<property name="ServerPassword" value="{{env.SERVER_PASSWORD}}"/>',
      },
      createFile: false,
    },
  ],
  tags: ['survival', 'steam'],
  defaults: { memoryMb: 10_240, minimumMemoryMb: 6144, cpuCores: 3, diskMb: 25_600 },
  howToJoin:
    'In 7 Days to Die choose Join a game, Connect to IP, and enter the address and port of {{ADDRESS}}',
};
