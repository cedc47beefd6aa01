import type { Socket, Server as SocketServer } from 'socket.io';
import type { ViewerLine } from './console-text.ts';
import type { Broadcast, Viewer } from './console-viewer.ts';

/** One browser's or program's socket as a viewer of consoles. */
export class SocketViewer implements Viewer {
  readonly #socket: Socket;
  /** Given to the transport, which has not said that it is gone. */
  #inFlightBytes = 0;
  /** Waits until the transport takes more. */
  #waitingBytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    // A transport takes more only when all it had before is gone.
    socket.conn.on('flush', () => {
      this.#inFlightBytes = this.#waitingBytes;
      this.#waitingBytes = 0;
    });
  }

  sendLines(serverId: string, lines: ViewerLine[]): void {
    this.#socket.emit('server_log', { serverId, lines });
  }

  sendDropped(serverId: string, fromSeq: number, toSeq: number): void {
    this.#socket.emit('console:dropped', { serverId, fromSeq, toSeq });
  }

  setLive(serverId: string, isLive: boolean): void {
    if (isLive) void this.#socket.join(consoleRoom(serverId));
    else void this.#socket.leave(consoleRoom(serverId));
  }

  countQueued(bytes: number): number {
    if (this.isDrained()) this.#inFlightBytes = 0;
    this.#waitingBytes += bytes;
    return this.#inFlightBytes + this.#waitingBytes;
  }

  isDrained(): boolean {
    const { writeBuffer, transport } = this.#connection;
    return writeBuffer.length === 0 && transport.writable;
  }

  get #connection() {
    return this.#socket.conn as unknown as { writeBuffer: unknown[]; transport: { writable: boolean } };
  }
}

/** All sockets at once that are live on a console. */
export class ConsoleRooms implements Broadcast {
  readonly #io: SocketServer;

  constructor(io: SocketServer) {
    this.#io = io;
  }

  lines(serverId: string, lines: ViewerLine[]): void {
    this.#io.to(consoleRoom(serverId)).emit('server_log', { serverId, lines });
  }

  dropped(serverId: string, fromSeq: number, toSeq: number): void {
    this.#io.to(consoleRoom(serverId)).emit('console:dropped', { serverId, fromSeq, toSeq });
  }
}

const consoleRoom = (serverId: string) => `console:${serverId}`;
