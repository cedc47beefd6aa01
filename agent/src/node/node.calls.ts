import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { nodeAgentCalls } from '@catalyst/shared/features/nodes';
import { installPackages, missingPackages } from './host-packages.ts';
import { takenPorts } from './ports.ts';

/** The package manager takes one at a time. */
let installing: Promise<unknown> = Promise.resolve();

export const nodeCallHandlers: CallHandlers<typeof nodeAgentCalls> = {
  'node:ping': () => ({}),
  'host-packages:missing': ({ packages }) => ({ missing: missingPackages(packages) }),
  'host-packages:install': ({ packages }) => {
    const result = installing.then(() => installPackages(packages));
    installing = result.catch(() => {});
    return result;
  },
  'ports:check': async ({ ports }) => ({ taken: await takenPorts(ports) }),
};
