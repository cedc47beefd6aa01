import { randomInt } from 'node:crypto';
import { afterAll } from 'vitest';
import { describeUnless, notLinux } from '../testing/describe-unless.ts';
import { removeSuiteCgroups } from './cgroups/suite-cgroups.ts';
import { type ProcessSubject, processSuite } from './process/testing/process-suite.ts';
import { shellGame } from './process/testing/shell-game.ts';
import { ProcessRuntime } from './process-runtime.ts';
import { runtimeSuite } from './runtime-suite.ts';

const cgroupPrefix = `catalyst-test-${process.pid}`;
// Servers without a control group are killed by their user: no other test may use the same ones.
const firstUid = process.getuid?.() === 0 ? 10_000_000 + randomInt(1_000_000) * 1000 : null;
const subjects: Record<string, ProcessSubject> = {
  'process runtime': { cgroupPrefix, firstUid },
  'process runtime without control groups': { cgroupPrefix, cgroupRoot: '/nowhere', firstUid },
  'process runtime with the Node holder': { cgroupPrefix, holder: 'node', firstUid },
};

describeUnless(notLinux, 'on Linux', () => {
  for (const [name, { firstUid, ...options }] of Object.entries(subjects)) {
    runtimeSuite(name, {
      open: (runRoot) => new ProcessRuntime({ runRoot, ...options }),
      game: shellGame,
      firstUid,
    });
    processSuite(`${name}, beyond the suite`, { firstUid, ...options });
  }
});

afterAll(() => removeSuiteCgroups(cgroupPrefix));
