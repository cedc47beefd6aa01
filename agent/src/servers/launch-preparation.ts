import { AppError } from '@catalyst/shared/contract/errors';
import { type Progress, RuntimeUnavailable } from '../runtimes/runtime.ts';
import type { ServerLaunch } from './server-launch.ts';
import type { ServerParts } from './server-parts.ts';
import { StartFailure } from './start-checks.ts';

const lineIntervalMs = 5000;
const stepIntervalMs = 1000;

/** Fetches what a launch needs and the machine lacks, and says so in the console. Rejects with a StartFailure. */
export async function prepareLaunch(
  { runs, say }: Pick<ServerParts, 'runs' | 'say'>,
  launch: ServerLaunch,
  signal: AbortSignal,
  onStep: (label: string) => void = () => {},
): Promise<void> {
  const report = everySoOften(lineIntervalMs, say);
  const step = everySoOften(stepIntervalMs, onStep);
  try {
    await runs.prepare(
      launch,
      (progress) => {
        report(progress);
        step(progress);
      },
      signal,
    );
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    const reason = error instanceof RuntimeUnavailable ? 'runtime_unavailable' : 'image_pull_failed';
    throw new StartFailure(error.code, reason, error.message);
  }
}

/** Tells what is new at once, and how far it has come now and then. */
function everySoOften(intervalMs: number, tell: (text: string) => void): (progress: Progress) => void {
  let told = { text: '', at: Number.NEGATIVE_INFINITY };
  return (progress) => {
    const at = performance.now();
    if (progress.text === told.text && at - told.at < intervalMs) return;
    told = { text: progress.text, at };
    tell(describeProgress(progress));
  };
}

export function describeProgress({ text, doneBytes, totalBytes }: Progress): string {
  if (totalBytes === null || totalBytes === 0) return `${text} …`;
  const megabytes = (bytes: number) => Math.round(bytes / 100_000) / 10;
  return `${text}: ${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`;
}
