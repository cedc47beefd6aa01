/** Asks an OpenTTD server who it is, as the game's own list of servers does; prints `{ udpAnswer, name }`. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';

/** A packet is its own length, of two bytes, and its kind. */
const findServer = Buffer.from([3, 0, 0]);
const gameInformation = Buffer.from([3, 0, 7]);
const informationKind = 6;

const [host = '', port = ''] = process.argv.slice(2);
const [udpAnswer, name] = await Promise.all([askByUdp(), askByTcp()]);
console.log(JSON.stringify({ udpAnswer, name }));

/** The kind of the answer: 1 from a server. */
async function askByUdp(): Promise<number | undefined> {
  const socket = createSocket('udp4');
  const again = setInterval(() => socket.send(findServer, Number(port), host), 500);
  socket.send(findServer, Number(port), host);
  const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(10_000) });
  clearInterval(again);
  socket.close();
  return answer[2];
}

/** All of the answer: the name of the server is in it, among numbers. */
async function askByTcp(): Promise<string> {
  const socket = connect(Number(port), host);
  socket.setTimeout(10_000, () => socket.destroy(new Error('The server does not answer')));
  socket.write(gameInformation);
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    if (received.length >= 2 && received.length >= received.readUInt16LE(0)) break;
  }
  socket.destroy();
  if (received[2] !== informationKind) throw new Error(`The server answers with packet ${received[2]}`);
  return received.toString('latin1');
}
