import type { TemplateInput } from '@catalyst/shared/features/templates';
import { home, images, inContainer, installedBy, tools } from './in-container.ts';
import { atNextStart, password, quotedText, wholeNumber } from './settings.ts';

export const xonotic: TemplateInput = {
  ...inContainer,
  id: 'xonotic',
  name: 'Xonotic',
  summary: 'Fast arena shooter in the old style, free for everybody',
  description: 'Other settings go into data/server.cfg, which is read before those here.',
  icon: 'xonotic',
  images: images.steam,
  variables: [
    quotedText(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { maxLength: 60 },
      atNextStart,
    ),
    quotedText('MOTD', 'Message of the day', 'Welcome!', { minLength: 0, maxLength: 200 }, atNextStart),
    wholeNumber('MAX_PLAYERS', 'Player slots', '16', { min: 1, max: 64 }, atNextStart),
    wholeNumber('BOTS', 'Filled up with the computer to', '0', { min: 0, max: 32 }, atNextStart),
    password('RCON_PASSWORD', 'Password of the remote console', 'Left empty, there is none.'),
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'udp', preferred: 26000 }],
  startup: {
    argv: [
      `${home}/xonotic-linux64-dedicated`,
      '-userdir',
      home,
      '+port',
      '{{SERVER_PORT}}',
      '+maxplayers',
      '{{MAX_PLAYERS}}',
      '+bot_number',
      '{{BOTS}}',
      '+hostname',
      '{{SERVER_TITLE}}',
      '+sv_motd',
      '{{MOTD}}',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Server listening on address', timeoutSeconds: 300 },
  stop: { kind: 'command', command: 'quit', timeoutSeconds: 30 },
  install: installedBy(`${tools('unzip')}
echo "Downloading Xonotic 0.8.6 ..."
curl -fsSL --retry 3 -o /tmp/xonotic.zip https://dl.xonotic.org/xonotic-0.8.6.zip
unzip -qo /tmp/xonotic.zip -d /tmp
cp -r /tmp/Xonotic/data /tmp/Xonotic/key_0.d0pk /tmp/Xonotic/xonotic-linux64-dedicated .
if [ ! -f data/server.cfg ]; then echo 'rcon_password ""' > data/server.cfg; fi`),
  configFiles: [
    {
      path: 'data/server.cfg',
      parser: 'file',
      find: { 'rcon_password ': 'rcon_password "{{env.RCON_PASSWORD}}"' },
      createFile: false,
    },
  ],
  tags: ['shooter'],
  defaults: { memoryMb: 1024, minimumMemoryMb: 512, cpuCores: 1, diskMb: 5120 },
  howToJoin: 'In Xonotic choose Multiplayer, and enter {{ADDRESS}} at the bottom of the list',
};
