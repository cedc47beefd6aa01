import type { TemplateInput } from '@catalyst/shared/features/templates';

export const luanti: TemplateInput = {
  id: 'luanti',
  version: 1,
  name: 'Luanti (Minetest)',
  summary: 'An open voxel world to build and survive in, with thousands of mods',
  description: 'A dedicated Luanti server with Minetest Game, from the distribution.',
  icon: 'luanti',
  images: {},
  processRuntime: true,
  terminal: false,
  variables: [
    {
      name: 'SERVER_TITLE',
      label: 'Name in the server list',
      description: 'Takes effect at the next start.',
      defaultValue: 'A Catalyst server',
      rule: { kind: 'text', minLength: 1, maxLength: 80 },
      userVisible: true,
      userEditable: true,
      secret: false,
    },
    {
      name: 'MOTD',
      label: 'Message of the day',
      description: 'Takes effect at the next start.',
      defaultValue: 'Welcome!',
      rule: { kind: 'text', minLength: 0, maxLength: 200 },
      userVisible: true,
      userEditable: true,
      secret: false,
    },
    {
      name: 'MAX_PLAYERS',
      label: 'Player slots',
      description: 'Takes effect at the next start.',
      defaultValue: '15',
      rule: { kind: 'integer', min: 1, max: 200 },
      userVisible: true,
      userEditable: true,
      secret: false,
    },
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'udp', preferred: 30000 }],
  startup: {
    argv: [
      'minetestserver',
      '--world',
      './world',
      '--gameid',
      'minetest',
      '--port',
      '{{SERVER_PORT}}',
      '--config',
      './minetest.conf',
      '--logfile',
      './debug.txt',
    ],
    environment: {},
  },
  done: { kind: 'line', contains: 'Server for gameid="minetest" listening on', timeoutSeconds: 120 },
  stop: { kind: 'signal', signal: 'SIGINT', timeoutSeconds: 30 },
  install: {
    timeoutSeconds: 60,
    steps: [
      {
        kind: 'write',
        label: 'Write the configuration',
        path: 'minetest.conf',
        content: `server_name = {{SERVER_TITLE}}
motd = {{MOTD}}
bind_address = {{SERVER_IP}}
max_users = {{MAX_PLAYERS}}
`,
      },
    ],
  },
  configFiles: [
    {
      path: 'minetest.conf',
      parser: 'ini',
      find: {
        server_name: '{{env.SERVER_TITLE}}',
        motd: '{{env.MOTD}}',
        bind_address: '{{env.SERVER_IP}}',
        max_users: '{{env.MAX_PLAYERS}}',
      },
    },
  ],
  tags: ['sandbox', 'survival'],
  hostPackages: [{ debian: 'minetest-server', program: 'minetestserver' }],
  restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 600, backoffSeconds: 1 },
  defaults: { memoryMb: 512, minimumMemoryMb: 128, cpuCores: 1, diskMb: 1024 },
  howToJoin: 'In Luanti open the Join Game tab and enter the address and port of {{ADDRESS}}',
};
