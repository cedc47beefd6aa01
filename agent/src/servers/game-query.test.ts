import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { answersQuery } from './game-query.ts';

const host = '127.0.0.1';
let cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUp) await clean();
  cleanUp = [];
});

/** A port where `answer` decides what is sent back. */
async function datagrams(answer: (question: Buffer) => Buffer | null): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    const reply = answer(question);
    if (reply) socket.send(reply, port, address);
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  cleanUp.push(() => socket.close());
  return socket.address().port;
}

describe('a question for the state of a game', () => {
  it('is answered by a Minecraft server, however its answer is cut', async () => {
    const status = Buffer.from('{"version":{"name":"1.21.4","protocol":769}}');
    const answer = Buffer.concat([Buffer.from([status.length + 2, 0x00, status.length]), status]);
    const server = createServer((socket) => {
      socket.on('error', () => {}).setNoDelay();
      // The length, the packet's number, and the request for the state behind the handshake.
      socket.once('data', (request) => {
        if (request.subarray(-2).toString('hex') !== '0100' || request[1] !== 0x00) return socket.destroy();
        socket.write(answer.subarray(0, 2));
        setImmediate(() => socket.write(answer.subarray(2)));
      });
    }).listen(0, host);
    cleanUp.push(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await answersQuery('minecraft', { host, port })).toBe(true);
  });

  it.each(['SSH-2.0-x\r\n', 'HTTP/1.1 400 Bad Request\r\n\r\n', ''])(
    'is not answered by another program that says %j',
    async (greeting) => {
      const server = createServer((socket) => socket.on('error', () => {}).end(greeting)).listen(0, host);
      cleanUp.push(() => server.close());
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      expect(await answersQuery('minecraft', { host, port })).toBe(false);
    },
  );

  it('is answered by a Bedrock server, with the magic of its ping', async () => {
    const pong = (question: Buffer) =>
      Buffer.concat([
        Buffer.from([0x1c]),
        question.subarray(1, 9),
        Buffer.alloc(8),
        question.subarray(9, 25),
      ]);
    const port = await datagrams((question) => (question[0] === 0x01 ? pong(question) : null));
    expect(await answersQuery('minecraft-bedrock', { host, port })).toBe(true);
    const echo = await datagrams((question) => question);
    expect(await answersQuery('minecraft-bedrock', { host, port: echo })).toBe(false);
  });

  it('is answered by a Source server, which asks for its number back first', async () => {
    const number = Buffer.from([1, 2, 3, 4]);
    const port = await datagrams((question) =>
      question.subarray(-4).equals(number)
        ? Buffer.from('\xff\xff\xff\xffIand so on', 'latin1')
        : Buffer.concat([Buffer.from('\xff\xff\xff\xffA', 'latin1'), number]),
    );
    expect(await answersQuery('source', { host, port })).toBe(true);
  });

  it.each(['minecraft', 'minecraft-bedrock', 'source'] as const)(
    'of %s is not answered where nobody listens',
    async (protocol) => {
      const unused = createServer().listen(0, host);
      await once(unused, 'listening');
      const { port } = unused.address() as AddressInfo;
      unused.close();
      await once(unused, 'close');
      expect(await answersQuery(protocol, { host, port })).toBe(false);
    },
  );
});
