import { AppError } from '@catalyst/shared/contract/errors';
import type { DoneRule, PortBinding, ServerSpec } from '@catalyst/shared/features/server-spec';
import { maxMatchedLength } from '@catalyst/shared/features/variable-rules';
import { stripColours } from '../console/sanitise-line.ts';
import type { ServerConsole } from '../console/server-console.ts';
import { orAborted, pause } from '../waiting.ts';
import { accepts, answersQuery } from './game-query.ts';

const portPollMs = 100;

export interface Readiness {
  /** Resolves when the server is ready; rejects with the signal's reason when that ends first. */
  wait(signal: AbortSignal): Promise<void>;
  stop(): void;
}

/**
 * Tells when a started server counts as running. Make it before its output is followed, or the line it waits for may
 * pass unseen. `seqBefore` looks for a line that an earlier agent process has seen: all after that number.
 */
export function watchReadiness(
  { done, ports }: Pick<ServerSpec, 'done' | 'ports'>,
  console: ServerConsole,
  options: { seqBefore?: number } = {},
): Readiness {
  if (done.kind === 'port' || done.kind === 'query') return portReadiness(done, ports);
  const sought =
    done.kind === 'line'
      ? { anyOf: [done.contains], matching: [] }
      : { anyOf: done.anyOf, matching: done.matching.map((pattern) => new RegExp(pattern, 'u')) };
  return lineReadiness(sought, console, options.seqBefore);
}

interface Sought {
  anyOf: readonly string[];
  matching: readonly RegExp[];
}

function lineReadiness(sought: Sought, console: ServerConsole, seqBefore: number | undefined): Readiness {
  const seen = Promise.withResolvers<void>();
  const stop = console.onLine((text, stream) => {
    if ((stream === 'stdout' || stream === 'stderr') && isReady(text, sought)) seen.resolve();
  });
  return {
    stop,
    async wait(signal) {
      if (seqBefore !== undefined && (await wasSeen(console, sought, seqBefore))) return;
      await orAborted(seen.promise, signal);
    },
  };
}

/** The search of the history ignores case, the rule does not. */
async function wasSeen(console: ServerConsole, sought: Sought, seqBefore: number): Promise<boolean> {
  const { anyOf, matching } = sought;
  const q = anyOf.length === 1 && matching.length === 0 && anyOf[0] !== '' ? anyOf[0] : undefined;
  for (let after: number | null = seqBefore; after !== null; ) {
    const page = await console.read({ after, q });
    for (const { stream, text } of page.lines) {
      if ((stream === 'stdout' || stream === 'stderr') && isReady(stripColours(text), sought)) {
        return true;
      }
    }
    after = page.more ? page.nextSeq : null;
  }
  return false;
}

function isReady(line: string, { anyOf, matching }: Sought): boolean {
  if (anyOf.some((text) => line.includes(text))) return true;
  const start = line.slice(0, maxMatchedLength);
  return matching.some((pattern) => pattern.test(start));
}

function portReadiness(done: Extract<DoneRule, { port: string }>, ports: readonly PortBinding[]): Readiness {
  const binding = ports.find((candidate) => candidate.name === done.port);
  return {
    stop() {},
    async wait(signal) {
      if (!binding) {
        throw new AppError('invalid_input', `The server has no port named ${done.port} to wait for`);
      }
      const door = doorOf(binding);
      const isReady = () => (done.kind === 'query' ? answersQuery(done.protocol, door) : accepts(door));
      while (!(await isReady())) await pause(portPollMs, signal);
      signal.throwIfAborted();
    },
  };
}

function doorOf({ ip, port }: PortBinding) {
  return { host: ip === '0.0.0.0' ? '127.0.0.1' : ip === '::' ? '::1' : ip, port };
}
