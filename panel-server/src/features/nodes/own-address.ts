import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/**
 * The address by which others on the network reach this machine, as far as it can tell; the loopback without a network.
 * Nothing is sent: connecting a datagram socket only chooses a route.
 */
export async function ownAddress(): Promise<string> {
  const socket = createSocket('udp4');
  try {
    socket.connect(9, '192.0.2.1');
    await once(socket, 'connect');
    return socket.address().address;
  } catch {
    return '127.0.0.1';
  } finally {
    socket.close();
  }
}
