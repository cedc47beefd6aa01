import type { TemplateInput } from '@catalyst/shared/features/templates';
import { home, images, inContainer, installedBy, tools } from './in-container.ts';
import { atNextStart, choice, password, text, wholeNumber } from './settings.ts';

export const terraria: TemplateInput = {
  ...inContainer,
  id: 'terraria',
  name: 'Terraria',
  summary: 'Dig, fight, explore and build in a world seen from the side',
  icon: 'terraria',
  images: images.debian,
  variables: [
    text(
      'WORLD_NAME',
      'World',
      'world',
      { minLength: 1, maxLength: 20, pattern: '[A-Za-z0-9_-]*', hint: 'must be letters, digits, _ and -' },
      { description: 'Another name is another world.' },
    ),
    choice(
      'WORLD_SIZE',
      'Size',
      '1',
      {
        options: [
          { value: '1', label: 'Small' },
          { value: '2', label: 'Medium' },
          { value: '3', label: 'Large' },
        ],
      },
      { description: 'Of a new world.' },
    ),
    choice(
      'DIFFICULTY',
      'Difficulty',
      '0',
      {
        options: [
          { value: '0', label: 'Classic' },
          { value: '1', label: 'Expert' },
          { value: '2', label: 'Master' },
          { value: '3', label: 'Journey' },
        ],
      },
      { description: 'Of a new world.' },
    ),
    text('SEED', 'Seed', '', { minLength: 0, maxLength: 20 }, { description: 'Of a new world.' }),
    text('MOTD', 'Message of the day', 'Welcome!', { minLength: 0, maxLength: 128 }, atNextStart),
    wholeNumber('MAX_PLAYERS', 'Player slots', '8', { min: 1, max: 255 }, atNextStart),
    password('SERVER_PASSWORD', 'Password to join', 'Left empty, whoever knows the address may join.'),
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'tcp', preferred: 7777 }],
  startup: { argv: [`${home}/TerrariaServer.bin.x86_64`, '-config', 'serverconfig.txt'], environment: {} },
  done: { kind: 'line', contains: "Type 'help' for a list of commands", timeoutSeconds: 600 },
  stop: { kind: 'command', command: 'exit', timeoutSeconds: 60 },
  install: installedBy(`${tools('jq', 'unzip')}
name=$(curl -fsSL --retry 3 https://terraria.org/api/get/dedicated-servers-names | jq -r '.[0]')
echo "Downloading $name ..."
curl -fsSL --retry 3 -o /tmp/server.zip "https://terraria.org/api/download/pc-dedicated-server/$name"
unzip -qo /tmp/server.zip -d /tmp/terraria
cp -r /tmp/terraria/*/Linux/. .
chmod +x TerrariaServer.bin.x86_64
mkdir -p worlds`),
  configFiles: [
    {
      path: 'serverconfig.txt',
      parser: 'properties',
      find: {
        port: '{{env.SERVER_PORT}}',
        maxplayers: '{{env.MAX_PLAYERS}}',
        motd: '{{env.MOTD}}',
        password: '{{env.SERVER_PASSWORD}}',
        worldpath: `${home}/worlds`,
        worldname: '{{env.WORLD_NAME}}',
        world: `${home}/worlds/{{env.WORLD_NAME}}.wld`,
        autocreate: '{{env.WORLD_SIZE}}',
        difficulty: '{{env.DIFFICULTY}}',
        seed: '{{env.SEED}}',
        upnp: '0',
      },
    },
  ],
  tags: ['sandbox', 'survival'],
  defaults: { memoryMb: 1536, minimumMemoryMb: 768, cpuCores: 1, diskMb: 1024 },
  howToJoin: 'In Terraria choose Multiplayer, Join via IP, and enter the address and port of {{ADDRESS}}',
};
