import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, home, images, inContainer } from './in-container.ts';
import { password, text, wholeNumber } from './settings.ts';

export const projectZomboid: TemplateInput = {
  ...inContainer,
  id: 'project-zomboid',
  name: 'Project Zomboid',
  summary: 'Survive the end of the world together, for as long as it goes well',
  description: 'Its settings are in the folder .cache/Server, which is written at the first start.',
  icon: 'project-zomboid',
  images: images.steam,
  variables: [
    text(
      'WORLD_NAME',
      'World',
      'servertest',
      { minLength: 1, maxLength: 40, pattern: '[A-Za-z0-9]*', hint: 'must be letters and digits' },
      { description: 'Another name is another world with settings of its own.' },
    ),
    wholeNumber(
      'HEAP_MB',
      'Memory of the game',
      '4096',
      { min: 1024, max: 65_536 },
      {
        description: 'In MiB; a gigabyte less than what the server has.',
      },
    ),
    password('ADMIN_PASSWORD', 'Password of the user admin', 'At least four characters.', 4),
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'udp', preferred: 16261 },
    { name: 'direct', label: 'Direct connections', protocol: 'udp', preferred: 16262 },
  ],
  startup: {
    argv: [
      `${home}/ProjectZomboid64`,
      '-port',
      '{{SERVER_PORT}}',
      '-udpport',
      '{{PORT_DIRECT}}',
      `-cachedir=${home}/.cache`,
      '-servername',
      '{{WORLD_NAME}}',
      '-adminusername',
      'admin',
      '-adminpassword',
      '{{ADMIN_PASSWORD}}',
    ],
    environment: {
      PATH: `${home}/jre64/bin:/usr/local/bin:/usr/bin:/bin`,
      LD_LIBRARY_PATH: `${home}/linux64:${home}/natives:${home}:${home}/jre64/lib:${home}/jre64/lib/amd64`,
      LD_PRELOAD: 'libjsig.so',
      // Java takes this over what the game's own file says.
      _JAVA_OPTIONS: '-Xmx{{HEAP_MB}}M',
    },
  },
  done: { kind: 'line', contains: 'SERVER STARTED', timeoutSeconds: 900 },
  stop: { kind: 'command', command: 'quit', timeoutSeconds: 120 },
  install: fromSteam(380870),
  tags: ['survival', 'steam'],
  defaults: { memoryMb: 5120, minimumMemoryMb: 3072, cpuCores: 2, diskMb: 15_360 },
  howToJoin: 'In Project Zomboid choose Join, Favorites, and add the address and port of {{ADDRESS}}',
};
