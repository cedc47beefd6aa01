import { Worker } from 'node:worker_threads';
import { AppError } from '@catalyst/shared/contract/errors';

const longestQuery = 1000;

export interface LineQuery {
  text: string;
  /** Takes the text as a regular expression, which is tried on each line by itself. */
  isRegularExpression?: boolean;
  isCaseSensitive?: boolean;
}

export interface LineMatcher extends AsyncDisposable {
  /** Which of the lines of a text match, counted from 0. Rejects with the signal's reason, however busy it is. */
  match(text: string, signal: AbortSignal): Promise<number[]>;
}

/** Without their ends, which on Windows have a carriage return. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

export function lineMatcher({
  text,
  isRegularExpression = false,
  isCaseSensitive = false,
}: LineQuery): LineMatcher {
  if (text.length === 0 || text.length > longestQuery || text.includes('\n')) {
    throw new AppError('bad_request', `A text to search for is one line of 1 to ${longestQuery} characters`);
  }
  return isRegularExpression ? new PatternMatcher(text, isCaseSensitive) : textMatcher(text, isCaseSensitive);
}

function textMatcher(wantedText: string, isCaseSensitive: boolean): LineMatcher {
  const folded = (text: string) => (isCaseSensitive ? text : text.toLowerCase());
  const wanted = folded(wantedText);
  return {
    match: async (text) => {
      const searched = folded(text);
      if (!searched.includes(wanted)) return [];
      return linesOf(searched).flatMap((line, index) => (line.includes(wanted) ? [index] : []));
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

// As text, so that a bundle needs no second file for it.
const workerSource = `
const { parentPort, workerData } = require('node:worker_threads');
const pattern = new RegExp(workerData.source, workerData.flags);
parentPort.on('message', (text) => {
  parentPort.postMessage(text.split(/\\r?\\n/).flatMap((line, index) => (pattern.test(line) ? [index] : [])));
});`;

/** In a thread of its own, which is ended in the middle of an expression that would take for ever. */
class PatternMatcher implements LineMatcher {
  readonly #worker: Worker;

  constructor(source: string, isCaseSensitive: boolean) {
    const flags = isCaseSensitive ? '' : 'i';
    try {
      new RegExp(source, flags);
    } catch (error) {
      throw new AppError('bad_request', 'This is not a regular expression', { cause: error });
    }
    this.#worker = new Worker(workerSource, {
      eval: true,
      env: {},
      execArgv: [],
      workerData: { source, flags },
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    });
    // An error is told by the match under way; one that comes later belongs to none.
    this.#worker.on('error', () => {});
  }

  async match(text: string, signal: AbortSignal): Promise<number[]> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<number[]>();
    const onAbort = () => reject(signal.reason);
    const onExit = () =>
      reject(new AppError('limit_reached', 'This regular expression needs too much memory'));
    this.#worker.once('message', resolve);
    this.#worker.once('exit', onExit);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#worker.postMessage(text);
    try {
      return await promise;
    } finally {
      this.#worker.off('message', resolve);
      this.#worker.off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
