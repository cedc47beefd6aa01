import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { meetingPlaces } from '@catalyst/shared/node/data-dir';
import type { PanelFailure, PanelStatus } from '../bridge.ts';
import { forgetPanelFiles, panelOrigin, readPort } from './panel-files.ts';
import type { PanelLog } from './panel-log.ts';
import { choosePanelPort } from './panel-port.ts';
import { type PanelCommand, type PanelProcess, startPanel } from './panel-process.ts';

/** The panel inside the app: started, watched, started again when it dies, ended with the app. */
export interface EmbeddedPanel {
  readonly status: PanelStatus;
  /** Of the process that runs now, if one does. */
  readonly pid: number | undefined;
  /** Calls back on every change; gives the way to stop listening. */
  onStatus(listener: (status: PanelStatus) => void): () => void;
  /** Starts it; nothing when it was started before. */
  start(): void;
  /** Tries again at once and counts failures from zero; nothing unless it is waiting or has given up. */
  retry(): void;
  /** Ends the panel and stays that way. Resolves when its process is gone. */
  close(): Promise<void>;
}

export interface EmbeddedPanelOptions {
  dataDirectory: string;
  /** Keeps the port from one start of the app to the next. */
  lastPortPath: string;
  log: PanelLog;
  /** How to start it on a port; 0 is any. */
  commandFor(port: number): PanelCommand;
  timing?: Partial<PanelTiming>;
}

export interface PanelTiming {
  /** How long to wait after the first, second … failure in a row; after one more the app gives up until asked. */
  retryDelaysMs: readonly number[];
  /** A panel that answered this long has shown that it works: its next failure is the first in a row. */
  stableMs: number;
  /** The first start after an update may have to change the database. */
  readyLimitMs: number;
  stopLimitMs: number;
  pollMs: number;
}

const usualTiming: PanelTiming = {
  retryDelaysMs: [500, 1000, 2000, 5000, 15_000],
  stableMs: 60_000,
  readyLimitMs: 180_000,
  stopLimitMs: 10_000,
  pollMs: 50,
};

export function embeddedPanel(options: EmbeddedPanelOptions): EmbeddedPanel {
  const { dataDirectory, lastPortPath, log, commandFor } = options;
  const timing = { ...usualTiming, ...options.timing };
  const listeners = new Set<(status: PanelStatus) => void>();
  const closing = new AbortController();
  let status: PanelStatus = { phase: 'stopped' };
  let running: PanelProcess | undefined;
  let supervision: Promise<void> | undefined;
  let retryNow: (() => void) | undefined;

  return {
    get status() {
      return status;
    },
    get pid() {
      return running?.pid;
    },
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      supervision ??= supervise();
    },
    retry() {
      retryNow?.();
    },
    async close() {
      closing.abort();
      await supervision;
    },
  };

  async function supervise(): Promise<void> {
    let failuresInARow = 0;
    let failure: PanelFailure | undefined;
    while (!closing.signal.aborted) {
      setStatus({ phase: 'starting', attempt: failuresInARow + 1, failure });
      const run = await runOnce();
      if (closing.signal.aborted) break;
      failuresInARow = run.readyForMs >= timing.stableMs ? 1 : failuresInARow + 1;
      failure = { reason: run.reason, lastLines: log.lastLines(), logPath: log.path };
      const retryInMs = timing.retryDelaysMs[failuresInARow - 1];
      setStatus(
        retryInMs === undefined ? { phase: 'failed', failure } : { phase: 'waiting', retryInMs, failure },
      );
      const asked = await waitForRetry(retryInMs);
      if (asked) failuresInARow = 0;
    }
    setStatus({ phase: 'stopped' });
  }

  /** From start to end, whatever the end is. */
  async function runOnce(): Promise<{ reason: string; readyForMs: number }> {
    let readyAt: number | undefined;
    const readyForMs = () => (readyAt === undefined ? 0 : performance.now() - readyAt);
    try {
      const panel = await launch();
      running = panel;
      const over = new AbortController();
      const ended = panel.ended.finally(() => over.abort());
      const end = () => void panel.end(timing.stopLimitMs);
      closing.signal.addEventListener('abort', end, { once: true, signal: over.signal });
      if (closing.signal.aborted) end();

      const origin = await answeringOrigin(over.signal);
      if (origin && !closing.signal.aborted) {
        readyAt = performance.now();
        await writeFile(lastPortPath, `${new URL(origin).port}\n`);
        setStatus({ phase: 'ready', origin });
      } else if (!over.signal.aborted && !closing.signal.aborted) {
        return { reason: `The panel did not answer within ${timing.readyLimitMs / 1000} s`, readyForMs: 0 };
      }
      return { reason: await ended, readyForMs: readyForMs() };
    } catch (error) {
      // Its folder cannot be used, say: as much a failed start as a process that dies.
      return {
        reason: `The panel could not be started: ${(error as Error).message}`,
        readyForMs: readyForMs(),
      };
    } finally {
      await running?.end(timing.stopLimitMs);
      running = undefined;
    }
  }

  async function launch(): Promise<PanelProcess> {
    await mkdir(dataDirectory, { recursive: true, mode: 0o711 });
    const port = await choosePanelPort(await readPort(lastPortPath));
    await forgetPanelFiles(dataDirectory);
    return startPanel(commandFor(port), (chunk) => log.write(chunk));
  }

  /** Undefined when the process ended, the app is closing, or the panel takes too long. */
  async function answeringOrigin(over: AbortSignal): Promise<string | undefined> {
    const signal = AbortSignal.any([over, closing.signal, AbortSignal.timeout(timing.readyLimitMs)]);
    while (!signal.aborted) {
      const port = await readPort(meetingPlaces(dataDirectory).port);
      if (port !== undefined && (await isAnswering(panelOrigin(port), signal))) return panelOrigin(port);
      await sleep(timing.pollMs, undefined, { signal }).catch(() => {});
    }
    return undefined;
  }

  /** True when somebody asked for it, false when the time had come or the app is closing. */
  async function waitForRetry(delayMs: number | undefined): Promise<boolean> {
    const asked = new AbortController();
    retryNow = () => asked.abort();
    const signal = AbortSignal.any([asked.signal, closing.signal]);
    if (delayMs !== undefined) await sleep(delayMs, undefined, { signal }).catch(() => {});
    else if (!signal.aborted) await once(signal, 'abort');
    retryNow = undefined;
    return asked.signal.aborted;
  }

  function setStatus(next: PanelStatus): void {
    status = next;
    for (const listener of listeners) listener(next);
  }
}

async function isAnswering(origin: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/health`, { signal, redirect: 'error' });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
