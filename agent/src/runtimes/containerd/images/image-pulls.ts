import { AppError } from '@catalyst/shared/contract/errors';
import type { ImagePull } from '@catalyst/shared/features/images-link';
import type { Logger } from '../../../logger.ts';
import type { Progress } from '../../runtime.ts';

const maxRunning = 8;
const maxEnded = 20;
const tellEveryMs = 250;

interface KnownPull {
  pull: ImagePull;
  readonly stop: AbortController;
  /** Resolves when it has ended, however. */
  ended: Promise<void>;
  toldAt: number;
}

/** Answers the names of what came. */
type Work = (report: (progress: Progress) => void, signal: AbortSignal) => Promise<string[]>;

/** What brings images here because somebody asked for it, and how the latest of it ended. Survives the link to the panel. */
export class ImagePulls {
  readonly #log: Pick<Logger, 'error' | 'info'>;
  readonly #known = new Map<string, KnownPull>();
  #listener: ((pull: ImagePull) => void) | null = null;

  constructor(log: Pick<Logger, 'error' | 'info'>) {
    this.#log = log;
  }

  /** Each beginning and end, and what happens in between a few times a second. */
  listen(listener: ((pull: ImagePull) => void) | null): void {
    this.#listener = listener;
  }

  /** Oldest first. */
  list(): ImagePull[] {
    return [...this.#known.values()].map(({ pull }) => pull);
  }

  /** The same id begins nothing a second time. Throws `limit_reached` when too many are under way. */
  start({ id, kind, reference }: Pick<ImagePull, 'id' | 'kind' | 'reference'>, work: Work): ImagePull {
    const earlier = this.#known.get(id);
    if (earlier) return earlier.pull;
    const running = this.list().filter(({ status }) => status === 'running');
    if (running.length >= maxRunning) {
      throw new AppError(
        'limit_reached',
        `This node fetches ${maxRunning} images already; wait for one of them`,
      );
    }
    const pull: ImagePull = {
      id,
      kind,
      reference,
      status: 'running',
      text: 'Beginning',
      doneBytes: 0,
      totalBytes: null,
      error: null,
    };
    const known: KnownPull = { pull, stop: new AbortController(), ended: Promise.resolve(), toldAt: 0 };
    this.#known.set(id, known);
    this.#change(known, {});
    known.ended = this.#run(known, work);
    return pull;
  }

  /** Resolves when it has stopped; at once when it has ended before. Throws `not_found`. */
  async cancel(id: string): Promise<void> {
    const known = this.#known.get(id);
    if (!known) throw new AppError('not_found', 'There is no such pull on this node');
    known.stop.abort(new AppError('conflict', 'The pull was cancelled'));
    await known.ended;
  }

  /** Stops all of it. */
  async close(): Promise<void> {
    this.#listener = null;
    await Promise.all([...this.#known.keys()].map((id) => this.cancel(id)));
  }

  async #run(known: KnownPull, work: Work): Promise<void> {
    const { stop } = known;
    try {
      const report = ({ text, doneBytes, totalBytes }: Progress) => {
        if (known.pull.status === 'running')
          this.#report(known, { text: text.slice(0, 1000), doneBytes, totalBytes });
      };
      const references = await work(report, stop.signal);
      const { doneBytes, totalBytes } = known.pull;
      this.#change(known, {
        status: 'succeeded',
        text: `${references.join(', ').slice(0, 900)} ${references.length === 1 ? 'is' : 'are'} on this node`,
        doneBytes: totalBytes ?? doneBytes,
      });
    } catch (error) {
      if (stop.signal.aborted) this.#change(known, { status: 'cancelled', text: 'Cancelled' });
      else this.#change(known, { status: 'failed', error: this.#describe(error, known.pull) });
    }
    this.#forgetOldest();
  }

  #report(known: KnownPull, changes: Partial<ImagePull>): void {
    known.pull = { ...known.pull, ...changes };
    if (performance.now() - known.toldAt >= tellEveryMs) this.#change(known, {});
  }

  #change(known: KnownPull, changes: Partial<ImagePull>): void {
    known.pull = { ...known.pull, ...changes };
    known.toldAt = performance.now();
    this.#listener?.(known.pull);
  }

  #describe(error: unknown, { reference }: ImagePull): NonNullable<ImagePull['error']> {
    if (error instanceof AppError) return { code: error.code, message: error.message.slice(0, 1000) };
    this.#log.error({ err: error, reference }, 'An image could not be brought here');
    return { code: 'internal', message: "Something unexpected happened; the agent's log tells what" };
  }

  #forgetOldest(): void {
    const ended = [...this.#known].filter(([, { pull }]) => pull.status !== 'running');
    for (const [id] of ended.slice(0, Math.max(0, ended.length - maxEnded))) this.#known.delete(id);
  }
}
