import { AppError } from '@catalyst/shared/contract/errors';
import type { ImagePull } from '@catalyst/shared/features/images-link';

interface AwaitedFailure {
  /** Rejects when the agent says that it failed; never resolves. */
  happened: Promise<never>;
  /** Rejects with it, or with `otherwise` when it is not said in time. */
  within(timeoutMs: number, otherwise: unknown): Promise<never>;
  forget(): void;
}

/** What agents say of the ends of pulls that somebody here waits for. */
export class PullEnds {
  readonly #waiting = new Map<string, (error: AppError) => void>();

  failureOf(nodeId: string, pullId: string): AwaitedFailure {
    const key = keyOf(nodeId, pullId);
    const { promise: happened, reject } = Promise.withResolvers<never>();
    // It may be forgotten before it happens.
    happened.catch(() => {});
    this.#waiting.set(key, reject);
    return {
      happened,
      within: (timeoutMs, otherwise) => {
        const { promise, reject: giveUp } = Promise.withResolvers<never>();
        const timer = setTimeout(() => giveUp(otherwise), timeoutMs).unref();
        return Promise.race([happened, promise]).finally(() => clearTimeout(timer));
      },
      forget: () => void this.#waiting.delete(key),
    };
  }

  note(nodeId: string, { id, status, error }: ImagePull): void {
    if (status !== 'failed' && status !== 'cancelled') return;
    const { code, message } = error ?? { code: 'conflict', message: 'The import was cancelled' };
    this.#waiting.get(keyOf(nodeId, id))?.(new AppError(code, message));
  }
}

const keyOf = (nodeId: string, pullId: string) => `${nodeId} ${pullId}`;
