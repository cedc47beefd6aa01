import type { TemplateInput } from '@catalyst/shared/features/templates';
import { home, images, inContainer, installedBy, tools } from './in-container.ts';
import { atNextStart, choice, text, wholeNumber, yesOrNo } from './settings.ts';

export const minecraftBedrock: TemplateInput = {
  ...inContainer,
  id: 'minecraft-bedrock',
  name: 'Minecraft: Bedrock Edition',
  summary: 'For players on phones, consoles and Windows',
  description:
    'The dedicated server by Mojang. Installing it means that you accept the Minecraft EULA and its privacy policy.',
  icon: 'bedrock',
  images: images.debian,
  variables: [
    text(
      'SERVER_TITLE',
      'Name',
      'A Catalyst server',
      { minLength: 1, maxLength: 50, pattern: '[^;]*', hint: 'must not contain ;' },
      atNextStart,
    ),
    wholeNumber('MAX_PLAYERS', 'Player slots', '10', { min: 1, max: 200 }, atNextStart),
    choice(
      'GAME_MODE',
      'Game mode',
      'survival',
      { options: ['survival', 'creative', 'adventure'].map((value) => ({ value })) },
      atNextStart,
    ),
    choice(
      'DIFFICULTY',
      'Difficulty',
      'easy',
      { options: ['peaceful', 'easy', 'normal', 'hard'].map((value) => ({ value })) },
      atNextStart,
    ),
    yesOrNo('CHEATS', 'Commands for operators', 'false', atNextStart),
    yesOrNo('ALLOW_LIST', 'Only players on the allow list', 'false', atNextStart),
    text(
      'LEVEL_NAME',
      'World',
      'world',
      {
        minLength: 1,
        maxLength: 40,
        pattern: '[A-Za-z0-9 _-]*',
        hint: 'must be letters, digits, spaces, _ and -',
      },
      { description: 'The name of its folder; another one is another world.' },
    ),
    text('SEED', 'Seed', '', { minLength: 0, maxLength: 40 }, { description: 'Of a new world.' }),
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'udp', preferred: 19132 }],
  startup: { argv: [`${home}/bedrock_server`], environment: { LD_LIBRARY_PATH: home } },
  done: { kind: 'line', contains: 'Server started', timeoutSeconds: 300 },
  stop: { kind: 'command', command: 'stop', timeoutSeconds: 60 },
  install: installedBy(`${tools('jq', 'unzip')}
links=https://net-secondary.web.minecraft-services.net/api/v1.0/download/links
url=$(curl -fsSL --retry 3 "$links" | jq -r '.result.links[] | select(.downloadType == "serverBedrockLinux") | .downloadUrl')
echo "Downloading $url ..."
# The download is refused to programs that do not look like a browser.
curl -fsSL --retry 3 -A 'Mozilla/5.0 (X11; Linux x86_64)' -H 'Accept-Language: en' -o /tmp/server.zip "$url"
# A new installation keeps what people have set.
for file in server.properties permissions.json allowlist.json; do
  if [ -f "$file" ]; then cp -p "$file" "/tmp/$file"; fi
done
unzip -qo /tmp/server.zip
for file in server.properties permissions.json allowlist.json; do
  if [ -f "/tmp/$file" ]; then cp -p "/tmp/$file" "$file"; fi
done
chmod +x bedrock_server`),
  configFiles: [
    {
      path: 'server.properties',
      parser: 'properties',
      find: {
        'server-name': '{{env.SERVER_TITLE}}',
        'server-port': '{{env.SERVER_PORT}}',
        'max-players': '{{env.MAX_PLAYERS}}',
        gamemode: '{{env.GAME_MODE}}',
        difficulty: '{{env.DIFFICULTY}}',
        'allow-cheats': '{{env.CHEATS}}',
        'allow-list': '{{env.ALLOW_LIST}}',
        'level-name': '{{env.LEVEL_NAME}}',
        'level-seed': '{{env.SEED}}',
        // Other servers on the machine would want the same port for it.
        'enable-lan-visibility': 'false',
      },
    },
  ],
  tags: ['minecraft', 'sandbox', 'survival'],
  defaults: { memoryMb: 2048, minimumMemoryMb: 1024, cpuCores: 2, diskMb: 5120 },
  howToJoin: 'In Minecraft choose Play, Servers, Add Server, and enter the address and port of {{ADDRESS}}',
};
