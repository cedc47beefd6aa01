import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { nodeAgentCalls } from '@catalyst/shared/features/nodes-link';
import { oneAtATime } from '../one-at-a-time.ts';
import { installPackages, missingPackages } from './host-packages.ts';
import { takenPorts } from './ports.ts';
import { serverPath } from './program-paths.ts';

/** The package manager takes one at a time. */
const installing = oneAtATime();

export const nodeCallHandlers = (environment: NodeJS.ProcessEnv): CallHandlers<typeof nodeAgentCalls> => ({
  'node:ping': () => ({}),
  'host-packages:missing': ({ packages }) => ({
    missing: missingPackages(packages, serverPath(environment)),
  }),
  'host-packages:install': ({ packages }) => installing(() => installPackages(packages, environment)),
  'ports:check': async ({ ports }) => ({ taken: await takenPorts(ports) }),
});
