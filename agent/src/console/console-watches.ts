import { announce } from '@catalyst/shared/contract/rpc';
import { agentEvents } from '@catalyst/shared/link';
import type { Socket } from 'socket.io-client';
import type { PanelTransport } from '../link/panel-transport.ts';
import type { LiveMessage } from './live-feed.ts';
import type { ServerConsole } from './server-console.ts';
import { splitIntoMessages } from './split-into-messages.ts';

/** More than this waiting for the panel: console lines are left out until it has caught up. */
const maxQueuedBytes = 1024 * 1024;

/** The consoles the panel follows on one connection. What the network does not take is told as dropped, never kept. */
export class ConsoleWatches {
  readonly #socket: Socket;
  readonly #transport: PanelTransport;
  readonly #watches = new Map<string, { stop: () => void; flush: () => void }>();

  constructor(socket: Socket, transport: PanelTransport) {
    this.#socket = socket;
    this.#transport = transport;
    transport.onDrain(() => {
      for (const { flush } of this.#watches.values()) flush();
    });
  }

  watch(serverId: string, console: ServerConsole): void {
    if (this.#watches.has(serverId)) return;
    let dropped: { fromSeq: number; toSeq: number } | null = null;
    const drop = (fromSeq: number, toSeq: number) => {
      dropped = { fromSeq: dropped?.fromSeq ?? fromSeq, toSeq };
    };
    const flush = () => {
      if (!dropped || this.#isCongested()) return;
      announce(this.#socket, agentEvents, 'console:dropped', { serverId, ...dropped });
      dropped = null;
    };
    const stop = console.subscribe((message: LiveMessage) => {
      if ('dropped' in message) {
        drop(message.dropped.fromSeq, message.dropped.toSeq);
        return flush();
      }
      const [first, last] = [message.lines[0], message.lines.at(-1)];
      if (!first || !last) return;
      if (this.#isCongested()) return drop(first.seq, last.seq);
      flush();
      for (const lines of splitIntoMessages(message.lines)) {
        announce(this.#socket, agentEvents, 'server_log', { serverId, lines });
      }
    });
    this.#watches.set(serverId, { stop, flush });
  }

  unwatch(serverId: string): void {
    this.#watches.get(serverId)?.stop();
    this.#watches.delete(serverId);
  }

  close(): void {
    for (const serverId of [...this.#watches.keys()]) this.unwatch(serverId);
  }

  #isCongested(): boolean {
    return this.#transport.queuedBytes > maxQueuedBytes;
  }
}
