import { call, type EventHandlers, listen } from '@catalyst/shared/contract/rpc';
import { clientCalls, clientEvents } from '@catalyst/shared/realtime';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';

type ClientCalls = typeof clientCalls;
type ClientEvents = typeof clientEvents;

/** A program's socket to the panel; every event it gets is checked against the contract. */
export class TestSocket {
  readonly socket: Socket;
  /** Events that did not have the shape the contract promises. */
  readonly invalid: string[] = [];

  constructor(url: string, token: string | undefined, options: object = {}) {
    this.socket = io(url, {
      auth: token === undefined ? {} : { token },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      ...options,
    });
  }

  /** Rejects with the code of the panel's refusal. */
  static async connected(url: string, token: string | undefined, options: object = {}): Promise<TestSocket> {
    const test = new TestSocket(url, token, options);
    await new Promise<void>((resolve, reject) => {
      test.socket.once('connect', resolve);
      test.socket.once('connect_error', (error: Error & { data?: { error: { code: string } } }) =>
        reject(error.data ? error.data.error : error),
      );
    });
    return test;
  }

  call<Name extends keyof ClientCalls & string>(
    name: Name,
    input: z.input<ClientCalls[Name]['input']>,
  ): Promise<z.output<ClientCalls[Name]['output']>> {
    return call(this.socket, clientCalls, name, input);
  }

  on(handlers: EventHandlers<ClientEvents>): () => void {
    return listen(this.socket, clientEvents, handlers, (name, error) =>
      this.invalid.push(`${name}: ${JSON.stringify(error.issues)}`),
    );
  }

  /** Everything of one event so far, growing. */
  collect<Name extends keyof ClientEvents & string>(name: Name): z.output<ClientEvents[Name]['payload']>[] {
    const collected: z.output<ClientEvents[Name]['payload']>[] = [];
    this.on({ [name]: (payload: never) => collected.push(payload) } as EventHandlers<ClientEvents>);
    return collected;
  }

  close(): void {
    this.socket.disconnect();
  }
}
