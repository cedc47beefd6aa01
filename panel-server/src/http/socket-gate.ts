import type { Server, Socket } from 'socket.io';
import { TokenBucket } from '../token-bucket.ts';

/** A program asks once to be let in; a few more times when it is refused and tries again. */
const maxConnects = 4;
const connectsPerSecond = 0.1;
const maxPackets = 20;
const maxBytes = 65_536;
const connectPacket = '0';

interface Connection {
  on(event: 'packet', listener: (packet: Packet) => void): void;
  off(event: 'packet', listener: (packet: Packet) => void): void;
  close(discard?: boolean): void;
}
interface Packet {
  type: string;
  data?: string | Buffer;
}

/**
 * What a connection may send before a namespace has let it in, when nobody knows yet who it is; from then on the namespace
 * sets the limits. Asking to be let in stays dear for good, as it costs the panel more than a message. Socket.IO itself
 * ends whoever has not been let in after `connectTimeout`.
 */
export function guardSockets(io: Server): void {
  const whenAdmitted = new WeakMap<object, () => void>();
  io.engine.on('connection', (connection: Connection) => {
    const connects = new TokenBucket({ capacity: maxConnects, perSecond: connectsPerSecond });
    let packets = 0;
    let bytes = 0;
    const countConnects = ({ type, data }: Packet) => {
      if (type === 'message' && data?.[0] === connectPacket && !connects.take()) connection.close(true);
    };
    const countAll = ({ data }: Packet) => {
      packets += 1;
      bytes += data?.length ?? 0;
      if (packets > maxPackets || bytes > maxBytes) connection.close(true);
    };
    connection.on('packet', countConnects);
    connection.on('packet', countAll);
    whenAdmitted.set(connection, () => connection.off('packet', countAll));
  });
  const admit = (socket: Socket) => {
    whenAdmitted.get(socket.conn)?.();
    // Outside of every namespace nothing limits it any more.
    socket.once('disconnect', () => socket.conn.close());
  };
  io.on('connection', admit);
  io.on('new_namespace', (namespace) => namespace.on('connection', admit));
}
