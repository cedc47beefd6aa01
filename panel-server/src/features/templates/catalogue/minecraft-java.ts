import type { TemplateInput } from '@catalyst/shared/features/templates';
import { images, inContainer, installedBy, tools } from './in-container.ts';
import { atNextStart, choice, text, wholeNumber, yesOrNo } from './settings.ts';

const version = {
  pattern: 'latest|[0-9][0-9A-Za-z._-]*',
  hint: 'must be latest or a version such as 1.21.4',
};

const variables: TemplateInput['variables'] = [
  text(
    'MINECRAFT_VERSION',
    'Minecraft version',
    'latest',
    { minLength: 1, maxLength: 20, ...version },
    { description: 'Takes effect with a new installation. Old ones need an image with an older Java.' },
  ),
  yesOrNo('EULA', 'I accept the Minecraft EULA', 'false', {
    description: 'The terms are at https://aka.ms/MinecraftEULA; the server does not start without.',
  }),
  text('MOTD', 'Message of the day', 'A Catalyst server', { minLength: 0, maxLength: 59 }, atNextStart),
  wholeNumber('MAX_PLAYERS', 'Player slots', '20', { min: 1, max: 1000 }, atNextStart),
  choice(
    'DIFFICULTY',
    'Difficulty',
    'easy',
    { options: ['peaceful', 'easy', 'normal', 'hard'].map((value) => ({ value })) },
    atNextStart,
  ),
  choice(
    'GAME_MODE',
    'Game mode',
    'survival',
    { options: ['survival', 'creative', 'adventure', 'spectator'].map((value) => ({ value })) },
    atNextStart,
  ),
  yesOrNo('ONLINE_MODE', 'Check accounts with Mojang', 'true', {
    description: 'Off lets anybody join under any name.',
  }),
  yesOrNo('WHITELIST', 'Only players on the white list', 'false', atNextStart),
  wholeNumber(
    'VIEW_DISTANCE',
    'View distance',
    '10',
    { min: 2, max: 32 },
    {
      description: 'In chunks; more needs more memory.',
    },
  ),
  text('SEED', 'Seed', '', { minLength: 0, maxLength: 100 }, { description: 'Of a new world.' }),
];

const configFiles: TemplateInput['configFiles'] = [
  { path: 'eula.txt', parser: 'properties', find: { eula: '{{env.EULA}}' } },
  {
    path: 'server.properties',
    parser: 'properties',
    find: {
      'server-port': '{{env.SERVER_PORT}}',
      'query.port': '{{env.SERVER_PORT}}',
      'enable-query': 'true',
      motd: '{{env.MOTD}}',
      'max-players': '{{env.MAX_PLAYERS}}',
      difficulty: '{{env.DIFFICULTY}}',
      gamemode: '{{env.GAME_MODE}}',
      'online-mode': '{{env.ONLINE_MODE}}',
      'white-list': '{{env.WHITELIST}}',
      'view-distance': '{{env.VIEW_DISTANCE}}',
      'level-seed': '{{env.SEED}}',
    },
  },
];

const shared = {
  ...inContainer,
  images: images.java,
  variables,
  ports: [{ name: 'game', label: 'Game', protocol: 'both', preferred: 25565 }],
  startup: {
    // Java needs memory beside that of the game.
    argv: [
      'java',
      '-Xms128M',
      '-XX:MaxRAMPercentage=75.0',
      '-Dterminal.jline=false',
      '-jar',
      'server.jar',
      'nogui',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: ')! For help, type ', timeoutSeconds: 600 },
  stop: { kind: 'command', command: 'stop', timeoutSeconds: 60 },
  configFiles,
  features: ['eula', 'java_version'],
  defaults: { memoryMb: 4096, minimumMemoryMb: 1024, cpuCores: 2, diskMb: 10_240 },
  howToJoin: 'In Minecraft: Java Edition choose Multiplayer, then Direct Connection, and enter {{ADDRESS}}',
} satisfies Partial<TemplateInput>;

export const minecraftJava: TemplateInput = {
  ...shared,
  id: 'minecraft-java',
  name: 'Minecraft: Java Edition',
  summary: 'The original server by Mojang, without mods and plugins',
  icon: 'minecraft',
  tags: ['minecraft', 'sandbox', 'survival'],
  install: installedBy(`${tools('jq')}
versions=$(curl -fsSL --retry 3 https://launchermeta.mojang.com/mc/game/version_manifest.json)
wanted=$MINECRAFT_VERSION
if [ "$wanted" = latest ]; then wanted=$(jq -r .latest.release <<<"$versions"); fi
details=$(jq -r --arg id "$wanted" '.versions[] | select(.id == $id) | .url' <<<"$versions")
if [ -z "$details" ]; then echo "There is no Minecraft version $wanted."; exit 1; fi
server=$(curl -fsSL --retry 3 "$details" | jq .downloads.server)
echo "Downloading Minecraft $wanted ..."
curl -fsSL --retry 3 -o server.jar.part "$(jq -r .url <<<"$server")"
echo "$(jq -r .sha1 <<<"$server")  server.jar.part" | sha1sum --check --quiet
mv server.jar.part server.jar`),
};

export const minecraftPaper: TemplateInput = {
  ...shared,
  id: 'minecraft-paper',
  name: 'Minecraft: Paper',
  summary: 'A fast server for the Java Edition that takes Bukkit and Paper plugins',
  icon: 'paper',
  tags: ['minecraft', 'sandbox', 'survival', 'plugins'],
  install: installedBy(`${tools('jq')}
api=https://fill.papermc.io/v3/projects/paper
get() { curl -fsSL --retry 3 -A catalyst "$@"; }
wanted=$MINECRAFT_VERSION
if [ "$wanted" = latest ]; then wanted=$(get "$api" | jq -r '.versions | to_entries[0].value[0]'); fi
build=$(get "$api/versions/$wanted" | jq -r '.builds[0]')
file=$(get "$api/versions/$wanted/builds/$build" | jq '.downloads."server:default"')
echo "Downloading Paper $wanted, build $build ..."
get -o server.jar.part "$(jq -r .url <<<"$file")"
mv server.jar.part server.jar`),
};

export const minecraftFabric: TemplateInput = {
  ...shared,
  id: 'minecraft-fabric',
  name: 'Minecraft: Fabric',
  summary: 'The Java Edition with the light mod loader; mods go into the folder mods',
  icon: 'fabric',
  tags: ['minecraft', 'sandbox', 'survival', 'mods'],
  install: installedBy(`${tools('jq')}
api=https://meta.fabricmc.net/v2/versions
get() { curl -fsSL --retry 3 "$@"; }
stable() { jq -r 'map(select(.stable))[0].version'; }
wanted=$MINECRAFT_VERSION
if [ "$wanted" = latest ]; then wanted=$(get "$api/game" | stable); fi
loader=$(get "$api/loader" | stable)
installer=$(get "$api/installer" | stable)
echo "Downloading Fabric $loader for Minecraft $wanted ..."
get -o server.jar.part "$api/loader/$wanted/$loader/$installer/server/jar"
mv server.jar.part server.jar
mkdir -p mods`),
};
