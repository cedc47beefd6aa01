import type { TemplateInput } from '@catalyst/shared/features/templates';
import { atNextStart, password, restartPolicy, text, wholeNumber } from './settings.ts';

const configuration: Record<string, string> = {
  registerName: '{{SERVER_TITLE}}',
  welcometext: '{{WELCOME}}',
  serverpassword: '{{SERVER_PASSWORD}}',
  users: '{{MAX_USERS}}',
  bandwidth: '{{BANDWIDTH}}',
  host: '{{SERVER_IP}}',
  port: '{{SERVER_PORT}}',
};
const entries = Object.entries(configuration);

export const mumble: TemplateInput = {
  id: 'mumble',
  version: 1,
  name: 'Mumble',
  summary: 'Voice chat with low delay for the people you play with',
  description:
    'A Mumble voice server (murmurd) from the distribution. At its first start it prints the password of SuperUser, who makes channels and moderators.',
  icon: 'mumble',
  images: {},
  processRuntime: true,
  terminal: false,
  variables: [
    text(
      'SERVER_TITLE',
      'Name of the topmost channel',
      'A Catalyst server',
      { minLength: 1, maxLength: 60 },
      atNextStart,
    ),
    text('WELCOME', 'Welcome text', 'Welcome!', { minLength: 0, maxLength: 200 }, atNextStart),
    password('SERVER_PASSWORD', 'Password to enter', 'Left empty, whoever knows the address may enter.'),
    wholeNumber('MAX_USERS', 'Slots', '50', { min: 1, max: 1000 }, atNextStart),
    wholeNumber(
      'BANDWIDTH',
      'Bits a second for each voice',
      '130000',
      { min: 16_000, max: 320_000 },
      atNextStart,
    ),
  ],
  ports: [{ name: 'voice', label: 'Voice', protocol: 'both', preferred: 64738 }],
  startup: { argv: ['murmurd', '-fg', '-ini', 'mumble.ini'], environment: {} },
  done: { kind: 'line', contains: 'Server listening on', timeoutSeconds: 120 },
  stop: { kind: 'signal', signal: 'SIGTERM', timeoutSeconds: 20 },
  install: {
    timeoutSeconds: 60,
    steps: [
      {
        kind: 'write',
        label: 'Write the configuration',
        path: 'mumble.ini',
        content: `database=mumble.sqlite
logfile=
ice=
bonjour=false
${entries.map(([name, value]) => `${name}=${value}\n`).join('')}`,
      },
    ],
  },
  configFiles: [
    {
      path: 'mumble.ini',
      parser: 'file',
      find: Object.fromEntries(
        entries.map(([name, value]) => [`${name}=`, `${name}=${value.replace('{{', '{{env.')}`]),
      ),
    },
  ],
  tags: ['voice'],
  hostPackages: [{ debian: 'mumble-server', program: 'murmurd' }],
  restartPolicy,
  defaults: { memoryMb: 256, minimumMemoryMb: 128, cpuCores: 0.5, diskMb: 512 },
  howToJoin: 'In Mumble choose Server, Connect, Add New, and enter the address and port of {{ADDRESS}}',
};
