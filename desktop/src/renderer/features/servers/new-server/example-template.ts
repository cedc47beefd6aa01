import type { Template } from '@catalyst/shared/features/templates';

/** A template for tests. */
export const exampleTemplate: Template = {
  id: 'openttd',
  version: 1,
  name: 'OpenTTD (stable)',
  summary: 'Trains',
  description: '',
  icon: 'openttd',
  images: {},
  processRuntime: true,
  variables: [
    {
      name: 'SLOTS',
      label: 'Player slots',
      description: '',
      defaultValue: '25',
      rule: { kind: 'integer', min: 2, max: 255 },
      userVisible: true,
      userEditable: true,
      secret: false,
    },
    {
      name: 'LICENCE',
      label: 'Licence',
      description: '',
      defaultValue: 'free',
      rule: { kind: 'text', minLength: 0, maxLength: 20 },
      userVisible: true,
      userEditable: false,
      secret: false,
    },
  ],
  ports: [{ name: 'game', label: 'Game', protocol: 'both', preferred: 3979 }],
  startup: { argv: ['openttd'], environment: {} },
  done: { kind: 'line', contains: 'ready', timeoutSeconds: 60 },
  stop: { kind: 'command', command: 'quit', timeoutSeconds: 30 },
  install: { steps: [], timeoutSeconds: 60 },
  hostPackages: [],
  restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 600, backoffSeconds: 1 },
  defaults: { memoryMb: 512, minimumMemoryMb: 256, cpuCores: 1, diskMb: 512 },
  howToJoin: 'Enter {{ADDRESS}}',
};
