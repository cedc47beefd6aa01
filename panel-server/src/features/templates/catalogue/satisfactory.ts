import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, home, images, inContainer } from './in-container.ts';
import { atNextStart, wholeNumber } from './settings.ts';

export const satisfactory: TemplateInput = {
  ...inContainer,
  id: 'satisfactory',
  name: 'Satisfactory',
  summary: 'Build factories on an alien planet, seen with your own eyes',
  description:
    'Whoever connects first from the server manager of the game claims the server, and gives it a name and passwords.',
  icon: 'satisfactory',
  images: images.steam,
  variables: [
    wholeNumber('MAX_PLAYERS', 'Player slots', '4', { min: 1, max: 127 }, atNextStart),
    wholeNumber('AUTOSAVES', 'Saves kept in turn', '3', { min: 1, max: 100 }, atNextStart),
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'both', preferred: 7777 },
    { name: 'messages', label: 'Messages', protocol: 'tcp', preferred: 8888 },
  ],
  startup: {
    argv: [
      `${home}/Engine/Binaries/Linux/FactoryServer-Linux-Shipping`,
      'FactoryGame',
      '-Port={{SERVER_PORT}}',
      '-ReliablePort={{PORT_MESSAGES}}',
      '-unattended',
      '-log',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Engine Initialization', timeoutSeconds: 900 },
  stop: { kind: 'signal', signal: 'SIGINT', timeoutSeconds: 120 },
  install: fromSteam(1690800),
  configFiles: [
    {
      path: 'FactoryGame/Saved/Config/LinuxServer/Game.ini',
      parser: 'ini',
      find: { '[/Script/Engine.GameSession].MaxPlayers': '{{env.MAX_PLAYERS}}' },
    },
    {
      path: 'FactoryGame/Saved/Config/LinuxServer/Engine.ini',
      parser: 'ini',
      find: { '[/Script/FactoryGame.FGSaveSession].mNumRotatingAutosaves': '{{env.AUTOSAVES}}' },
    },
  ],
  tags: ['building', 'steam'],
  defaults: { memoryMb: 12_288, minimumMemoryMb: 6144, cpuCores: 4, diskMb: 20_480 },
  howToJoin:
    'In Satisfactory open the Server Manager, choose Add Server, and enter the address and port of {{ADDRESS}}',
};
