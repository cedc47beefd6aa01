import type { Alert } from '@catalyst/shared/features/alerts';
import type { Logger } from '../../logger.ts';

/** An alert with what only those are told who may read the console of its server. */
export interface RaisedAlert extends Alert {
  ownerId: string;
  lastLines: readonly string[];
}

/** Where it is said that something went wrong. Whoever tells people listens here. */
export class Alerts {
  readonly #log: Logger;
  readonly #listeners = new Set<(alert: RaisedAlert) => void>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Of every alert from now on. Returns the way to end it. */
  listen(listener: (alert: RaisedAlert) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Nothing that a listener does keeps the others, or what raised it, from going on. */
  raise(alert: RaisedAlert): void {
    const { kind, serverId, severity } = alert;
    this.#log.info({ kind, severity, serverId }, 'An alert was raised');
    for (const listener of this.#listeners) {
      try {
        listener(alert);
      } catch (err) {
        this.#log.error({ err, kind, serverId }, 'An alert was not passed on');
      }
    }
  }
}
