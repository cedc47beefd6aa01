import { pause } from '../../waiting.ts';
import { eventsApi, readTaskEvent } from './api/events.ts';
import type { ContainerdClient } from './containerd-client.ts';

/** What a container's end is told to. */
export interface TaskListener {
  readonly containerId: string;
  /** Its main process has ended. */
  ended(exit: { status: number; at: Date }): void;
  /** Something in it was killed for want of memory. */
  ranOutOfMemory(): void;
  /** Something may have been missed, or nothing was told for a while: see for yourself. */
  look(): void;
}

/** The safety net for what containerd did not tell, or nobody heard. */
const lookMs = 1000;
const unusableRetryMs = 5000;

/** Listens to containerd for as long as there is anybody to tell, through its restarts. */
export class TaskWatch {
  readonly #client: ContainerdClient;
  readonly #onConnected: () => void;
  readonly #listeners = new Map<string, TaskListener>();
  #listening: AbortController | null = null;

  constructor(client: ContainerdClient, onConnected: () => void) {
    this.#client = client;
    this.#onConnected = onConnected;
  }

  add(listener: TaskListener): void {
    this.#listeners.set(listener.containerId, listener);
    if (this.#listening) return;
    const listening = new AbortController();
    this.#listening = listening;
    const timer = setInterval(() => this.#lookAll(), lookMs);
    void this.#listen(listening.signal).finally(() => clearInterval(timer));
  }

  remove(listener: TaskListener): void {
    if (this.#listeners.get(listener.containerId) !== listener) return;
    this.#listeners.delete(listener.containerId);
    if (this.#listeners.size > 0) return;
    this.#listening?.abort();
    this.#listening = null;
  }

  async #listen(signal: AbortSignal): Promise<void> {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      try {
        await this.#hear(signal, isFirst);
      } catch {
        // Stopped, restarted or replaced; the servers do not notice.
      }
      await this.#client.whenAvailable(signal).catch(() => pause(unusableRetryMs, signal).catch(() => {}));
    }
  }

  async #hear(signal: AbortSignal, isFirst: boolean): Promise<void> {
    const filters = [`namespace=="${this.#client.namespace}"`];
    using call = await this.#client.stream(eventsApi.subscribe, { filters }, { signal });
    if (!isFirst) this.#onConnected();
    this.#lookAll();
    for await (const envelope of call) {
      const heard = readTaskEvent(envelope);
      if (!heard) continue;
      const listener = this.#listeners.get(heard.event.containerId);
      if (heard.topic === '/tasks/oom') listener?.ranOutOfMemory();
      else if (heard.topic === '/tasks/exit' && heard.event.id === heard.event.containerId) {
        listener?.ended({ status: heard.event.exitStatus, at: heard.event.exitedAt ?? heard.at });
      }
    }
  }

  #lookAll(): void {
    for (const listener of [...this.#listeners.values()]) listener.look();
  }
}
