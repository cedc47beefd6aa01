import type { TemplateInput } from '@catalyst/shared/features/templates';

export const openttd: TemplateInput = {
  id: 'openttd',
  version: 1,
  name: 'OpenTTD',
  summary: 'Transport tycoon: railways, roads, ships and planes for up to 255 players',
  description:
    'A dedicated OpenTTD server from the distribution. The game is saved when the server stops and goes on from there at the next start.',
  icon: 'openttd',
  images: {},
  processRuntime: true,
  terminal: false,
  variables: [
    {
      name: 'SERVER_TITLE',
      label: 'Name in the server list',
      description: 'Takes effect at the next start.',
      defaultValue: 'A Catalyst server',
      rule: { kind: 'text', minLength: 1, maxLength: 60 },
      userVisible: true,
      userEditable: true,
      secret: false,
    },
    {
      name: 'MAX_CLIENTS',
      label: 'Player slots',
      description: 'Takes effect at the next start.',
      defaultValue: '25',
      rule: { kind: 'integer', min: 2, max: 255 },
      userVisible: true,
      userEditable: true,
      secret: false,
    },
    {
      name: 'MAP_SIZE',
      label: 'Map size',
      description: 'Of a new game.',
      defaultValue: '8',
      rule: {
        kind: 'choice',
        options: [
          { value: '6', label: '64 × 64' },
          { value: '7', label: '128 × 128' },
          { value: '8', label: '256 × 256' },
          { value: '9', label: '512 × 512' },
          { value: '10', label: '1024 × 1024' },
          { value: '11', label: '2048 × 2048' },
        ],
      },
      userVisible: true,
      userEditable: true,
      secret: false,
    },
    {
      name: 'START_YEAR',
      label: 'First year',
      description: 'Of a new game.',
      defaultValue: '1950',
      rule: { kind: 'integer', min: 1, max: 5_000_000 },
      userVisible: true,
      userEditable: true,
      secret: false,
    },
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'both', preferred: 3979 }],
  startup: {
    argv: [
      'openttd',
      '-D',
      '{{SERVER_IP}}:{{SERVER_PORT}}',
      '-c',
      './openttd.cfg',
      '-t',
      '{{START_YEAR}}',
      '-g',
      'save/autosave/exit.sav',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Network revision name', timeoutSeconds: 120 },
  stop: { kind: 'command', command: 'quit', timeoutSeconds: 30 },
  install: {
    timeoutSeconds: 60,
    steps: [
      {
        kind: 'write',
        label: 'Write the configuration',
        path: 'openttd.cfg',
        content: `[network]
server_name = {{SERVER_TITLE}}
client_name = Server
max_clients = {{MAX_CLIENTS}}
server_game_type = local

[game_creation]
map_x = {{MAP_SIZE}}
map_y = {{MAP_SIZE}}

[gui]
autosave_on_exit = true
`,
      },
    ],
  },
  configFiles: [
    {
      path: 'openttd.cfg',
      parser: 'ini',
      find: {
        'network.server_name': '{{env.SERVER_TITLE}}',
        'network.max_clients': '{{env.MAX_CLIENTS}}',
        'game_creation.map_x': '{{env.MAP_SIZE}}',
        'game_creation.map_y': '{{env.MAP_SIZE}}',
      },
    },
    // Where the game takes the name to at its first start.
    {
      path: 'private.cfg',
      parser: 'ini',
      find: { 'network.server_name': '{{env.SERVER_TITLE}}' },
      createFile: false,
    },
  ],
  tags: ['strategy', 'building'],
  hostPackages: [
    { debian: 'openttd', program: 'openttd' },
    { debian: 'openttd-opengfx', program: '/usr/share/games/openttd/baseset/opengfx/opengfx.obg' },
  ],
  restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 600, backoffSeconds: 1 },
  defaults: { memoryMb: 512, minimumMemoryMb: 256, cpuCores: 1, diskMb: 512 },
  howToJoin: 'In OpenTTD choose Multiplayer, then Add server, and enter {{ADDRESS}}',
};
