import type { Operation } from '@catalyst/shared/features/servers';

export const strings = {
  title: 'Background operations',
  running: (count: number) => `Background operations, ${count} running`,
  none: 'Nothing runs in the background.',
  kinds: {
    install: 'Installing',
    start: 'Starting',
    stop: 'Stopping',
    restart: 'Restarting',
    kill: 'Killing',
    delete: 'Deleting',
  } satisfies Record<Operation['kind'], string>,
  step: (step: number, total: number, label: string) => `Step ${step} of ${total}: ${label}`,
  waiting: 'Waiting for the node',
  installed: (name: string) => `Installed ${name}`,
  installFailed: (name: string) => `Installing ${name} failed`,
  cancel: 'Cancel',
  cancelOf: (name: string) => `Cancel the installation of ${name}`,
  stopOf: (title: string) => `Cancel: ${title}`,
  clear: 'Clear finished',
};
