import type { Template } from '@catalyst/shared/features/templates';
import type { z } from 'zod';

type TemplateFile = z.input<typeof Template>;

const configuration = `[network]
server_name = {{SERVER_TITLE}}
client_name = Server
server_game_type = local
[game_creation]
map_x = 6
map_y = 6
`;

/** A real game, from an image. */
export function openttdTemplate(image: string): TemplateFile {
  return {
    id: 'openttd-container',
    version: 1,
    name: 'Trains in a box',
    summary: 'OpenTTD from an image',
    icon: 'openttd',
    images: { default: image },
    processRuntime: false,
    variables: [
      {
        name: 'SERVER_TITLE',
        label: 'Name in the server list',
        defaultValue: 'A Catalyst server',
        rule: { kind: 'text', minLength: 1, maxLength: 60 },
      },
    ],
    ports: [{ name: 'game', label: 'Game', protocol: 'both', preferred: 3979 }],
    startup: { argv: ['openttd', '-D', '{{SERVER_IP}}:{{SERVER_PORT}}', '-c', './openttd.cfg'] },
    done: { kind: 'line', contains: 'Network revision name', timeoutSeconds: 120 },
    stop: { kind: 'command', command: 'quit', timeoutSeconds: 30 },
    install: {
      steps: [
        { kind: 'write', label: 'Write the configuration', path: 'openttd.cfg', content: configuration },
      ],
    },
    restartPolicy: { mode: 'on-failure' },
    defaults: { memoryMb: 512, minimumMemoryMb: 128, cpuCores: 1, diskMb: 512 },
    howToJoin: 'Multiplayer, Add server, {{ADDRESS}}',
  };
}

const ticker = `
(tick=0; while :; do tick=$((tick + 1)); echo "tick $tick"; sleep 0.1; done) &
echo ready
while read -r word rest; do
  case $word in
    say) echo "said $rest" ;;
    bomb) exec tail /dev/zero ;;
    stop) exit 0 ;;
  esac
done
`;

/** Counts aloud, ten times a second; answers to \`say\`, stops on \`stop\` and eats all memory on \`bomb\`. */
export function tickerTemplate(image: string, changes: Partial<TemplateFile> = {}): TemplateFile {
  return {
    id: 'ticker',
    version: 1,
    name: 'Ticker',
    summary: 'Counts aloud',
    icon: 'generic',
    images: { default: image },
    processRuntime: false,
    variables: [],
    ports: [{ name: 'game', label: 'Game', protocol: 'tcp', preferred: 41_000 }],
    startup: { argv: ['/bin/sh', '-c', ticker] },
    done: { kind: 'line', contains: 'ready', timeoutSeconds: 60 },
    stop: { kind: 'command', command: 'stop', timeoutSeconds: 5 },
    install: { steps: [] },
    restartPolicy: { mode: 'on-failure', backoffSeconds: 2 },
    defaults: { memoryMb: 64, minimumMemoryMb: 32, cpuCores: 1, diskMb: 64 },
    howToJoin: 'Nobody joins {{ADDRESS}}',
    ...changes,
  };
}
