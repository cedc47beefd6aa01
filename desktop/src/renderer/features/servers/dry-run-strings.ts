import type { ConfigFilePlan } from '@catalyst/shared/features/config-files';

export const dryRunStrings = {
  title: 'What the next start does',
  open: 'Show what the next start does',
  hint: 'The saved settings, without starting anything.',
  failed: 'What the next start does could not be found out',
  command: 'Command',
  hiddenHint: 'What is secret stands as •••.',
  files: 'Files with settings',
  noFiles: 'The template writes no settings into files.',
  away: (node: string) => `Node ${node} is not connected, so its files cannot be looked at.`,
  outcomes: {
    created: 'will be made',
    changed: 'will be changed',
    unchanged: 'stays as it is',
  } satisfies Record<ConfigFilePlan['outcome'], string>,
  environment: 'Environment',
  close: 'Close',
};
