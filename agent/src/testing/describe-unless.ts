import { describe, it } from 'vitest';

/** Why tests that need Linux are not run here; null where they are. */
export const notLinux = process.platform === 'linux' ? null : 'needs Linux';
/** The same of tests whose games are POSIX programs. */
export const noPosix = process.platform === 'win32' ? 'needs programs and signals of POSIX' : null;
/** The same of tests that act for several users. */
export const notRoot = process.getuid?.() === 0 ? null : 'needs root';

/** `describe`, but when there is a reason not to, one skipped test that tells it. */
export function describeUnless(reason: string | null, name: string, tests: () => void): void {
  describe(name, () => {
    if (reason === null) tests();
    else it('is not tested here', ({ skip }) => skip(reason));
  });
}
