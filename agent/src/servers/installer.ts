import { posix } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import type { InstallStep, ServerSpec } from '@catalyst/shared/features/server-spec';
import type { ServerConsole } from '../console/server-console.ts';
import type { ServerDirectory } from '../files/server-directory.ts';
import { npmCacheFolder } from '../node/npm.ts';
import type { Exit, RunningServer } from '../runtimes/runtime.ts';
import { orAborted, pause } from '../waiting.ts';
import { reasonOfExit } from './end-of-run.ts';

/** A step may print this much; what prints more has run wild. */
const maxOutputBytes = 5 * 1024 * 1024;
/** How often the disk an installation takes is measured; a big folder less often, so that measuring is a tenth of the time. */
const measure = { leastMs: 1000, timesItsOwn: 9 };
const quotedLines = 5;

/** A step that is a program to run. */
export type CommandStep = Exclude<InstallStep, { kind: 'write' }>;

interface InstallParts {
  spec: ServerSpec;
  console: ServerConsole;
  directory: ServerDirectory;
  /** Runs a step as the server, with its output in the console as `install`. */
  run(step: CommandStep, signal: AbortSignal): Promise<RunningServer>;
  /** After each command: its output is taken over and its traces are gone. */
  clear(): Promise<void>;
  onStep(progress: { step: number; totalSteps: number; label: string }): void;
}

/** Runs the steps of an installation in order. Rejects with the sentence for people; nothing of it runs any more then. */
export async function runInstallation(parts: InstallParts, signal: AbortSignal): Promise<void> {
  const { steps, timeoutSeconds } = parts.spec.install;
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new AppError('timeout', `The installation took longer than ${timeoutSeconds} s.`)),
    timeoutSeconds * 1000,
  );
  const guarded = AbortSignal.any([signal, limit.signal]);
  const stopMeasuring = measureDisk(parts, (error) => limit.abort(error));
  try {
    for (const [index, step] of steps.entries()) {
      guarded.throwIfAborted();
      parts.onStep({ step: index + 1, totalSteps: steps.length, label: step.label });
      await parts.console.append('install', `[${index + 1}/${steps.length}] ${step.label}`);
      if (step.kind === 'write') await writeFile(parts, step, guarded);
      else await runCommand(parts, step, guarded, limit);
    }
    await removeCaches(parts.directory);
  } finally {
    clearTimeout(timer);
    stopMeasuring();
  }
}

async function writeFile(
  { directory }: InstallParts,
  { path, content }: Extract<InstallStep, { kind: 'write' }>,
  signal: AbortSignal,
): Promise<void> {
  const folder = posix.dirname(path.replace(/^\/+/, ''));
  if (folder !== '.') await directory.makeFolder(folder, { isRecursive: true });
  await directory.write(path, Buffer.from(content), { signal });
}

async function runCommand(
  parts: InstallParts,
  step: CommandStep,
  signal: AbortSignal,
  limit: AbortController,
): Promise<void> {
  const { label } = step;
  const output = watchOutput(parts.console, () =>
    limit.abort(
      new AppError('limit_reached', `"${label}" printed more than ${maxOutputBytes / 1024 / 1024} MB.`),
    ),
  );
  try {
    const running = await parts.run(step, signal);
    const exit = await endOf(running, signal);
    await parts.clear();
    signal.throwIfAborted();
    if (exit.code !== 0) throw failedStep(parts, label, exit, output.lastLines);
  } finally {
    output.stop();
  }
}

/** When the signal comes first, nothing of the command is left on return. */
async function endOf(running: RunningServer, signal: AbortSignal): Promise<Exit> {
  try {
    return await orAborted(running.exited, signal);
  } catch {
    await running.kill();
    return running.exited;
  }
}

function failedStep(
  { spec }: InstallParts,
  label: string,
  exit: Exit,
  lastLines: readonly string[],
): AppError {
  const { reasonText } = reasonOfExit(exit, spec.limits);
  const words = lastLines.length > 0 ? ` Its last words: ${lastLines.join(' / ')}` : '';
  return new AppError('unavailable', `"${label}" failed. ${reasonText}${words}`.slice(0, 1000));
}

/** Values of secrets are masked in what the console shows of an installation, so in these lines, too. */
function watchOutput(console: ServerConsole, onTooMuch: () => void) {
  const lastLines: string[] = [];
  let bytes = 0;
  const stop = console.onLine((text, stream) => {
    if (stream !== 'install') return;
    bytes += text.length + 1;
    if (bytes > maxOutputBytes) onTooMuch();
    if (text.trim() === '') return;
    lastLines.push(text.trim().slice(0, 200));
    if (lastLines.length > quotedLines) lastLines.shift();
  });
  return { lastLines, stop };
}

/** Commands write what they like: looked at now and then, and ended when it is more than the server may have. */
function measureDisk({ directory, spec }: InstallParts, onTooMuch: (error: AppError) => void): () => void {
  const stop = new AbortController();
  let tookMs = 0;
  const look = async () => {
    for (;;) {
      await pause(Math.max(measure.leastMs, tookMs * measure.timesItsOwn), stop.signal);
      const begun = performance.now();
      await directory.recount(stop.signal);
      tookMs = performance.now() - begun;
      if (directory.quota.usedBytes > directory.quota.limitBytes) {
        onTooMuch(
          new AppError(
            'quota_exceeded',
            `It needs more disk than the ${spec.limits.diskMb} MB of this server.`,
          ),
        );
      }
    }
  };
  // Ends by its signal; a folder that cannot be measured right now is measured next time.
  const again = (): void => void look().catch(() => stop.signal.aborted || again());
  again();
  return () => stop.abort();
}

/** What package managers keep for next time counts against the server's disk. */
async function removeCaches(directory: ServerDirectory): Promise<void> {
  await directory.delete(npmCacheFolder).catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === 'not_found')) throw error;
  });
}
