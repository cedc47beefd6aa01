import type { TemplateInput } from '@catalyst/shared/features/templates';
import { images, inContainer, installedBy, tools } from './in-container.ts';
import { atNextStart, text } from './settings.ts';

/** Commands stand beside each other with commas between them. */
const word = { pattern: '[A-Za-z0-9 _-]*', hint: 'must be letters, digits, spaces, _ and -' };

export const mindustry: TemplateInput = {
  ...inContainer,
  id: 'mindustry',
  name: 'Mindustry',
  summary: 'Belts, drills and turrets: a factory that defends itself',
  icon: 'mindustry',
  images: images.java,
  variables: [
    text(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      { minLength: 1, maxLength: 40, ...word },
      atNextStart,
    ),
    text('MAP', 'Map', 'Tendrils', { minLength: 1, maxLength: 60, ...word }, atNextStart),
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'both', preferred: 6567 }],
  startup: {
    argv: [
      'java',
      '-Xms128M',
      '-XX:MaxRAMPercentage=75.0',
      '-jar',
      'server-release.jar',
      'config port {{SERVER_PORT}},config name {{SERVER_TITLE}},host {{MAP}}',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Server loaded.', timeoutSeconds: 300 },
  stop: { kind: 'command', command: 'exit', timeoutSeconds: 30 },
  install: installedBy(`${tools()}
echo "Downloading the newest release ..."
curl -fsSL --retry 3 -o server-release.jar.part https://github.com/Anuken/Mindustry/releases/latest/download/server-release.jar
mv server-release.jar.part server-release.jar`),
  features: ['java_version'],
  tags: ['strategy', 'building'],
  defaults: { memoryMb: 1024, minimumMemoryMb: 512, cpuCores: 1, diskMb: 1024 },
  howToJoin: 'In Mindustry choose Play, Join Game, Add Server, and enter {{ADDRESS}}',
};
