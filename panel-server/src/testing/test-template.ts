import { Template } from '@catalyst/shared/features/templates';
import { catalogue } from '../features/templates/catalogue.ts';
import { Templates } from '../features/templates/templates.service.ts';

/** A template with one of everything that the rules tell apart. */
export const testTemplate: Template = Template.parse({
  id: 'test-game',
  version: 1,
  name: 'Test game',
  summary: 'For tests',
  icon: 'test',
  processRuntime: true,
  variables: [
    { name: 'TITLE', label: 'Title', defaultValue: 'A server', rule: { kind: 'text', minLength: 1 } },
    { name: 'SLOTS', label: 'Slots', defaultValue: '10', rule: { kind: 'integer', min: 1, max: 100 } },
    { name: 'PASSWORD', label: 'Password', defaultValue: '', rule: { kind: 'text' }, secret: true },
    {
      name: 'LICENCE',
      label: 'Licence',
      defaultValue: 'free',
      rule: { kind: 'text' },
      userVisible: false,
      userEditable: false,
    },
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'both', preferred: 25_565 },
    { name: 'query', label: 'Query', protocol: 'udp', preferred: 25_566 },
  ],
  startup: { argv: ['game', '--title', '{{TITLE}}', '--port', '{{SERVER_PORT}}'] },
  done: { kind: 'line', contains: 'ready', timeoutSeconds: 60 },
  stop: { kind: 'command', command: 'stop', timeoutSeconds: 10 },
  install: { steps: [{ kind: 'run', label: 'Get it', argv: ['get', '{{PASSWORD}}'] }] },
  defaults: { memoryMb: 256, minimumMemoryMb: 64, cpuCores: 1, diskMb: 64 },
  howToJoin: 'Enter {{ADDRESS}}',
});

/** One that runs in containers too, with a terminal. */
export const containerTemplate: Template = Template.parse({
  ...testTemplate,
  id: 'container-game',
  name: 'Container game',
  terminal: true,
  images: { Stable: 'registry.example/game:1', Beta: 'registry.example/game:2' },
});

/** One that runs nowhere else. */
export const sealedTemplate: Template = Template.parse({
  ...containerTemplate,
  id: 'sealed-game',
  name: 'Sealed game',
  processRuntime: false,
});

/** Started by one of two lines that a shell reads. */
export const lineTemplate: Template = Template.parse({
  ...containerTemplate,
  id: 'line-game',
  name: 'Line game',
  startup: { shell: { Usual: './game {{TITLE}}', Careful: './game --safe {{TITLE}}' } },
});

export const testTemplates = () =>
  new Templates([...catalogue, testTemplate, containerTemplate, sealedTemplate, lineTemplate]);
