import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { closedInput, fullInput, maxWaitingBytes, type StandardInput } from './standard-input.ts';

/** Standard input through the socket of a Node holder, connected at the first write. */
export class SocketInput implements StandardInput {
  readonly #path: string;
  #socket: Promise<Socket> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async write(data: Uint8Array): Promise<void> {
    const socket = await this.#connect();
    if (socket.destroyed) throw closedInput();
    if (socket.writableLength + data.length > maxWaitingBytes) throw fullInput();
    socket.write(data);
  }

  close(): void {
    this.#socket?.then((socket) => socket.destroy()).catch(() => {});
  }

  #connect(): Promise<Socket> {
    this.#socket ??= this.#open();
    return this.#socket;
  }

  async #open(): Promise<Socket> {
    const socket = connect(this.#path);
    const forget = () => {
      this.#socket = undefined;
    };
    socket.on('error', forget).on('close', forget);
    try {
      await once(socket, 'connect');
    } catch (cause) {
      throw closedInput(cause);
    }
    socket.unref();
    return socket;
  }
}
