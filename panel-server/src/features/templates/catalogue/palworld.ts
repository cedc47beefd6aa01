import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, home, images, inContainer } from './in-container.ts';
import { atNextStart, password, quotedText, wholeNumber } from './settings.ts';

export const palworld: TemplateInput = {
  ...inContainer,
  id: 'palworld',
  name: 'Palworld',
  summary: 'Catch creatures, and let them fight, farm and build for you',
  icon: 'palworld',
  images: images.steam,
  variables: [
    quotedText(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { maxLength: 60 },
      atNextStart,
    ),
    wholeNumber('MAX_PLAYERS', 'Player slots', '16', { min: 1, max: 32 }, atNextStart),
    password('SERVER_PASSWORD', 'Password to join', 'Left empty, whoever knows the address may join.'),
    password('ADMIN_PASSWORD', 'Password of administrators', 'Left empty, nobody can become one.'),
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'udp', preferred: 8211 }],
  startup: {
    argv: [
      `${home}/Pal/Binaries/Linux/PalServer-Linux-Shipping`,
      'Pal',
      '-port={{SERVER_PORT}}',
      '-players={{MAX_PLAYERS}}',
      '-servername={{SERVER_TITLE}}',
      '-serverpassword={{SERVER_PASSWORD}}',
      '-adminpassword={{ADMIN_PASSWORD}}',
      '-useperfthreads',
      '-NoAsyncLoadingThread',
      '-UseMultithreadForDS',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Setting breakpad minidump AppID', timeoutSeconds: 600 },
  stop: { kind: 'signal', signal: 'SIGINT', timeoutSeconds: 60 },
  install: fromSteam(2394010),
  tags: ['survival', 'steam'],
  defaults: { memoryMb: 16_384, minimumMemoryMb: 8192, cpuCores: 4, diskMb: 20_480 },
  howToJoin: 'In Palworld choose Join Multiplayer Game, and enter {{ADDRESS}} at the bottom',
};
