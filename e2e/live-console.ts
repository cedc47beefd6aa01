import { call, listen } from '@catalyst/shared/contract/rpc';
import { clientCalls, clientEvents } from '@catalyst/shared/realtime';
import { io, type Socket } from 'socket.io-client';

export interface ReceivedLine {
  seq: number;
  text: string;
  stream: string;
  /** Of `process.hrtime`, which all processes of a machine share. */
  receivedAtNs: bigint;
}

/** A viewer of one console, as a program sees it. */
export class LiveConsole {
  readonly lines: ReceivedLine[] = [];
  readonly dropped: { fromSeq: number; toSeq: number }[] = [];
  readonly socket: Socket;
  readonly #serverId: string;

  private constructor(socket: Socket, serverId: string) {
    this.socket = socket;
    this.#serverId = serverId;
  }

  static async open(
    baseUrl: string,
    token: string,
    serverId: string,
    afterSeq?: number,
  ): Promise<LiveConsole> {
    const socket = io(baseUrl, { transports: ['websocket'], auth: { token }, reconnection: false });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    const console = new LiveConsole(socket, serverId);
    listen(socket, clientEvents, {
      server_log: (batch) => {
        if (batch.serverId !== serverId) return;
        const receivedAtNs = process.hrtime.bigint();
        for (const { seq, text, stream } of batch.lines)
          console.lines.push({ seq, text, stream, receivedAtNs });
      },
      'console:dropped': (range) => {
        if (range.serverId === serverId) console.dropped.push(range);
      },
    });
    await call(socket, clientCalls, 'console:subscribe', { serverId, afterSeq });
    return console;
  }

  async type(command: string): Promise<number> {
    const { seq } = await call(this.socket, clientCalls, 'console_input', {
      serverId: this.#serverId,
      data: command,
    });
    return seq;
  }

  close(): void {
    this.socket.disconnect();
  }
}
