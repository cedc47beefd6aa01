import type { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import { oneAtATime, type Queue } from '../../one-at-a-time.ts';
import type { EntryStats } from '../entry-stats.ts';
import { gathered } from '../gathered.ts';
import type { ServerDirectory } from '../server-directory.ts';
import { versionOf } from './file-stats.ts';

interface ReceiveOptions {
  expectedVersion?: string | undefined;
  /** Whether a file that is there may be written over. */
  replace: boolean;
}

/** Writes what comes as a whole; what stands in its way is looked at again when all has come, and nobody else writes. */
export async function receiveFile(
  directory: ServerDirectory,
  path: Uint8Array,
  body: Readable,
  options: ReceiveOptions,
): Promise<EntryStats> {
  const turn = new WritingTurn(directory);
  const checked = async function* () {
    yield* gathered(body);
    await turn.begin();
    await refuseUnexpected(directory, path, options);
  };
  try {
    await refuseUnexpected(directory, path, options);
    return await directory.write(path, checked());
  } finally {
    turn.end();
    body.destroy();
  }
}

/** Throws `conflict` or `precondition_failed` when what stands at the path is not what may be written over. */
export async function refuseUnexpected(
  directory: ServerDirectory,
  path: Uint8Array,
  { expectedVersion, replace }: ReceiveOptions,
): Promise<void> {
  if (replace && expectedVersion === undefined) return;
  const stats = await directory.stat(path, { links: 'follow' }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return undefined;
    throw error;
  });
  if (stats && !replace) throw new AppError('conflict', 'There is already something of this name');
  const version = stats && versionOf(stats);
  if (expectedVersion !== undefined && version !== expectedVersion) {
    const message = stats
      ? 'Somebody else has changed this file since it was opened'
      : 'Somebody has deleted this file since it was opened';
    const issues = [
      { path: 'expectedVersion', message: stats ? `is now ${version}` : 'is of a deleted file' },
    ];
    throw new AppError('precondition_failed', message, { issues });
  }
}

const queues = new WeakMap<ServerDirectory, Queue>();

/** Of two that expect the same version, the second sees what the first has written. */
export class WritingTurn {
  readonly #queue: Queue;
  #isOver = false;
  #pass = () => {};

  constructor(directory: ServerDirectory) {
    this.#queue = queues.get(directory) ?? oneAtATime();
    queues.set(directory, this.#queue);
  }

  begin(): Promise<void> {
    return new Promise((begun) => {
      void this.#queue(
        () =>
          new Promise<void>((passed) => {
            this.#pass = passed;
            // Nobody waits for this turn any more.
            if (this.#isOver) passed();
            begun();
          }),
      );
    });
  }

  end(): void {
    this.#isOver = true;
    this.#pass();
  }
}
