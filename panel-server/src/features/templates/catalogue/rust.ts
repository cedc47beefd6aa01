import type { TemplateInput } from '@catalyst/shared/features/templates';
import { fromSteam, inContainer } from './in-container.ts';
import { atNextStart, password, text, wholeNumber } from './settings.ts';

export const rust: TemplateInput = {
  ...inContainer,
  id: 'rust',
  name: 'Rust',
  summary: 'Survive on an island where the other players are the danger',
  description: 'The console is the remote console of the game, which the image connects to by itself.',
  icon: 'rust',
  images: { Rust: 'ghcr.io/pelican-eggs/games:rust' },
  variables: [
    text(
      'SERVER_TITLE',
      'Name in the server list',
      'A Catalyst server',
      {
        minLength: 1,
        maxLength: 60,
        pattern: '[A-Za-z0-9 ._|:()+-]*',
        hint: 'must be letters, digits, spaces and . _ | : ( ) + -',
      },
      atNextStart,
    ),
    wholeNumber('MAX_PLAYERS', 'Player slots', '50', { min: 1, max: 500 }, atNextStart),
    wholeNumber(
      'WORLD_SIZE',
      'Size of the world',
      '3500',
      { min: 1000, max: 6000 },
      { description: 'Of a new world.' },
    ),
    wholeNumber(
      'WORLD_SEED',
      'Seed',
      '12345',
      { min: 0, max: 2_147_483_647 },
      { description: 'Of a new world.' },
    ),
    wholeNumber('SAVE_SECONDS', 'Seconds between saves', '300', { min: 60, max: 3600 }, atNextStart),
    password('RCON_PASS', 'Password of the remote console', 'At least eight characters.', 8),
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'udp', preferred: 28015 },
    { name: 'query', label: 'Server list', protocol: 'udp', preferred: 28017 },
    { name: 'rcon', label: 'Remote console', protocol: 'tcp', preferred: 28016 },
    { name: 'app', label: 'Rust+', protocol: 'tcp', preferred: 28082 },
  ],
  startup: {
    shell: {
      Usual:
        './RustDedicated -batchmode +server.ip 0.0.0.0 +server.port {{SERVER_PORT}} +server.queryport {{PORT_QUERY}} +server.identity rust +server.hostname "{{SERVER_TITLE}}" +server.maxplayers {{MAX_PLAYERS}} +server.worldsize {{WORLD_SIZE}} +server.seed {{WORLD_SEED}} +server.saveinterval {{SAVE_SECONDS}} +rcon.ip 0.0.0.0 +rcon.port {{PORT_RCON}} +rcon.web true +rcon.password "{{RCON_PASS}}" +app.port {{PORT_APP}}',
    },
    // The image connects to the remote console by this name.
    environment: { LD_LIBRARY_PATH: './RustDedicated_Data/Plugins/x86_64', RCON_PORT: '{{PORT_RCON}}' },
  },
  done: { kind: 'line', contains: 'Server startup complete', timeoutSeconds: 3600 },
  stop: { kind: 'command', command: 'quit', timeoutSeconds: 120 },
  install: fromSteam(258550),
  tags: ['survival', 'shooter', 'steam'],
  defaults: { memoryMb: 12_288, minimumMemoryMb: 8192, cpuCores: 3, diskMb: 30_720 },
  howToJoin: 'In Rust press F1 and enter: client.connect {{ADDRESS}}',
};
