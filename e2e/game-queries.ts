import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gunzipSync, inflateSync } from 'node:zlib';

const host = '127.0.0.1';
const waitMs = 15_000;

/** Ask a game who it is, each in its own protocol; the answer is what it says, as text. */
export const gameQueries: Record<string, (port: number) => Promise<string>> = {
  /** The length, the kind and a question that a packet ends with; the answer holds the name among numbers. */
  openttd: async (port) => (await askByTcp(port, Buffer.from([3, 0, 7]), hasLength16)).toString('latin1'),

  /** A peer without a number asks for one; the answer begins with the game's own mark. */
  async luanti(port) {
    const mark = Buffer.from('4f457403', 'hex');
    const answer = await askByUdp(port, Buffer.concat([mark, Buffer.from('00000003ffdc01', 'hex')]));
    return answer.subarray(0, 4).equals(mark) ? 'a number for the peer' : answer.toString('hex');
  },

  /** Who asks first gets a token, without which no question is answered. */
  async teeworlds(port) {
    const ours = Buffer.from('11223344', 'hex');
    const request = Buffer.alloc(520);
    request.set([0x04, 0, 0, 0xff, 0xff, 0xff, 0xff, 5]);
    ours.copy(request, 8);
    const token = (await askByUdp(port, request)).subarray(8, 12);
    const question = Buffer.from('\xff\xff\xff\xffgie3\x05', 'latin1');
    const answer = await askByUdp(port, Buffer.concat([Buffer.from([0x21]), token, ours, question]));
    return answer.toString('latin1');
  },

  bzflag: async (port) =>
    (await askByTcp(port, Buffer.from('BZFLAG\r\n\r\n'), ({ length }) => length >= 9)).toString('latin1'),

  /** "Who are you, in short", as the list of servers asks; the kind of the answer and the port it is for. */
  async armagetron(port) {
    const answer = await askByUdp(port, Buffer.from('0034000000000000', 'hex'));
    return `kind ${answer.readUInt16BE(0)}, port ${answer.readUInt16BE(6)}`;
  },

  /** Without encryption; the number of the connection, then a compressed request for the client's version. */
  async wesnoth(port) {
    const isWhole = (received: Buffer) =>
      received.length >= 8 && received.length >= 8 + received.readUInt32BE(4);
    return gunzipSync((await askByTcp(port, Buffer.alloc(4), isWhole)).subarray(8)).toString();
  },

  /** A ping with a mark of ours, which comes back beside the slots. */
  async mumble(port) {
    const answer = await askByUdp(port, Buffer.from('000000000102030405060708', 'hex'));
    return `${answer.toString('hex', 4, 12)}, ${answer.readUInt32BE(16)} slots`;
  },

  /** A client that can nothing is told so in words. */
  async freeciv(port) {
    const words = Buffer.from('visitor\0nothing\0\0', 'latin1');
    const request = Buffer.concat([Buffer.alloc(3), words, Buffer.alloc(12)]);
    request.writeUInt16BE(request.length);
    request[2] = 4;
    const isWhole = (received: Buffer) => received.length >= 2 && received.length >= packedLength(received);
    return inflateSync((await askByTcp(port, request, isWhole)).subarray(2)).toString('latin1');
  },
};

/** Freeciv says by a length above this one that what follows is compressed. */
const packedLength = (received: Buffer) => received.readUInt16BE(0) - 16_385;

const hasLength16 = (received: Buffer) => received.length >= 2 && received.length >= received.readUInt16LE(0);

/** The first answer. Packets may be lost, and a game may be busy, so it is asked again until then. */
async function askByUdp(port: number, question: Buffer): Promise<Buffer> {
  const socket = createSocket('udp4');
  const ask = () => socket.send(question, port, host);
  const again = setInterval(ask, 500);
  try {
    ask();
    const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(waitMs) });
    return answer;
  } finally {
    clearInterval(again);
    socket.close();
  }
}

async function askByTcp(
  port: number,
  question: Buffer,
  isWhole: (received: Buffer) => boolean,
): Promise<Buffer> {
  const socket = connect(port, host);
  socket.setTimeout(waitMs, () => socket.destroy(new Error('The game does not answer')));
  socket.write(question);
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    if (isWhole(received)) return received;
  }
  throw new Error(`The game hangs up after ${received.length} bytes`);
}
