import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { nodeAgentCalls } from '@catalyst/shared/features/nodes';
import { oneAtATime } from '../one-at-a-time.ts';
import { installPackages, missingPackages } from './host-packages.ts';
import { takenPorts } from './ports.ts';

/** The package manager takes one at a time. */
const installing = oneAtATime();

export const nodeCallHandlers: CallHandlers<typeof nodeAgentCalls> = {
  'node:ping': () => ({}),
  'host-packages:missing': ({ packages }) => ({ missing: missingPackages(packages) }),
  'host-packages:install': ({ packages }) => installing(() => installPackages(packages)),
  'ports:check': async ({ ports }) => ({ taken: await takenPorts(ports) }),
};
