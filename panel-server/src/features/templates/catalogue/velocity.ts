import type { TemplateInput } from '@catalyst/shared/features/templates';
import { images, inContainer, installedBy, tools } from './in-container.ts';

export const velocity: TemplateInput = {
  ...inContainer,
  id: 'velocity',
  name: 'Velocity',
  summary: 'One address for many Minecraft servers: players change between them without leaving',
  description:
    'A proxy for Minecraft: Java Edition. The servers behind it are listed in velocity.toml, which is written at the first start.',
  icon: 'velocity',
  images: images.java,
  variables: [],
  ports: [{ name: 'game', label: 'Game', protocol: 'tcp', preferred: 25577 }],
  startup: {
    argv: [
      'java',
      '-Xms128M',
      '-XX:MaxRAMPercentage=75.0',
      '-jar',
      'velocity.jar',
      '--port',
      '{{SERVER_PORT}}',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Done (', timeoutSeconds: 300 },
  stop: { kind: 'command', command: 'end', timeoutSeconds: 30 },
  install: installedBy(`${tools('jq')}
api=https://fill.papermc.io/v3/projects/velocity
get() { curl -fsSL --retry 3 -A catalyst "$@"; }
version=$(get "$api" | jq -r '.versions | to_entries[0].value[0]')
build=$(get "$api/versions/$version" | jq -r '.builds[0]')
echo "Downloading Velocity $version, build $build ..."
get -o velocity.jar.part "$(get "$api/versions/$version/builds/$build" | jq -r '.downloads."server:default".url')"
mv velocity.jar.part velocity.jar`),
  features: ['java_version'],
  tags: ['minecraft', 'proxy'],
  defaults: { memoryMb: 1024, minimumMemoryMb: 512, cpuCores: 1, diskMb: 1024 },
  howToJoin: 'In Minecraft: Java Edition choose Multiplayer, then Direct Connection, and enter {{ADDRESS}}',
};
