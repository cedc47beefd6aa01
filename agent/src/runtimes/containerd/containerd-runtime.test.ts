import { afterAll } from 'vitest';
import { describeUnless } from '../../testing/describe-unless.ts';
import { shellGame } from '../process/testing/shell-game.ts';
import { runtimeSuite } from '../runtime-suite.ts';
import { ContainerdBench, needsContainerd, suiteImage } from './testing/containerd-bench.ts';

const bench = await ContainerdBench.open('suite');

describeUnless(bench ? null : needsContainerd, 'with containerd', () => {
  if (!bench) return;
  runtimeSuite('containerd', {
    open: (runRoot) => bench.runtime(runRoot),
    game: shellGame,
    launch: { image: suiteImage },
    firstUid: 11_000_000,
  });
});

afterAll(() => bench?.close());
