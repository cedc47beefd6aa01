import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { createServer as createSocketServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { GrpcConnection, type GrpcConnectionOptions } from './connection.ts';
import { toFrame } from './frames.ts';
import { ConnectionError, GrpcCode, GrpcError } from './grpc-error.ts';
import { message, string } from './message.ts';
import { service } from './method.ts';

const Text = message({ text: string(1) });
const api = service('test.Echo');
const unary = api.unary('Unary', Text, Text);
const stream = api.stream('Stream', Text, Text);
const bidi = api.bidi('Bidi', Text, Text);

const grpc = { ':status': 200, 'content-type': 'application/grpc' };
const frame = (text: string) => toFrame(Text.encode({ text }));

type Answer = (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void;

/** A server on a unix socket that answers each call as told. */
async function serve(answer: Answer, options: Partial<GrpcConnectionOptions> = {}) {
  const socketPath = join(temporaryFolder(), 'grpc.sock');
  const server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {});
    session.once('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    answer(stream, headers);
  });
  const listen = async () => {
    server.listen(socketPath);
    await once(server, 'listening');
  };
  await listen();
  const connection = new GrpcConnection({ socketPath, ...options });
  onTestFinished(() => {
    connection.close();
    for (const session of sessions) session.destroy();
    server.close();
  });
  return { connection, sessions, socketPath };
}

/** Ends well with these messages. */
const answerWith =
  (...texts: string[]): Answer =>
  (stream) => {
    stream.respond(grpc, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    for (const text of texts) stream.write(frame(text));
    stream.end();
  };

/** Ends with only a status. */
const refuseWith =
  (status: string, text: string): Answer =>
  (stream) =>
    stream.respond({ ...grpc, 'grpc-status': status, 'grpc-message': text }, { endStream: true });

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('It did not fail');
    },
    (error) => error,
  );

afterEach(() => {
  vi.useRealTimers();
});

describe('a call', () => {
  it('sends what gRPC wants and gives the answer', async () => {
    const seen: Record<string, unknown>[] = [];
    const { connection } = await serve((stream, headers) => {
      seen.push(headers);
      answerWith('hello')(stream, headers);
    });
    expect(
      await connection.unary(unary, { text: 'x' }, { headers: { 'containerd-namespace': 'ns' } }),
    ).toEqual({
      text: 'hello',
    });
    expect(seen[0]).toMatchObject({
      ':authority': 'localhost',
      ':method': 'POST',
      ':path': '/test.Echo/Unary',
      'content-type': 'application/grpc',
      'containerd-namespace': 'ns',
      te: 'trailers',
    });
  });

  it('needs one connection for all, and no timer when none is under way', async () => {
    const { connection, sessions } = await serve(answerWith('x'));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    await Promise.all(Array.from({ length: 50 }, () => connection.unary(unary, {})));
    expect(sessions.size).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['in the headers', refuseWith('5', 'no such t%C3%A4sk: not found'), 5, 'no such täsk: not found'],
    ['not properly encoded', refuseWith('9', '100%'), 9, '100%'],
    [
      'after a message',
      (stream: ServerHttp2Stream) => {
        stream.respond(grpc, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '6', 'grpc-message': 'there' }));
        stream.end(frame('x'));
      },
      6,
      'there',
    ],
    ['of no known code', refuseWith('99', 'x'), 2, 'The answer has no status of gRPC'],
    ['that is no number', refuseWith('', 'x'), 2, 'The answer has no status of gRPC'],
  ] as const)('fails with the status of the other side: %s', async (_what, answer, code, text) => {
    const { connection } = await serve(answer);
    const error = await failure(connection.unary(unary, {}));
    expect(error).toBeInstanceOf(GrpcError);
    expect(error).toMatchObject({ code, message: text });
  });

  it.each<[string, Answer, GrpcCode, RegExp]>([
    ['no message', answerWith(), GrpcCode.internal, /exactly one/],
    ['two messages', answerWith('a', 'b'), GrpcCode.internal, /exactly one/],
    [
      'a web page',
      (stream) => {
        stream.respond({ ':status': 404, 'content-type': 'text/html' });
        stream.end('<h1>no</h1>');
      },
      GrpcCode.unknown,
      /HTTP 404/,
    ],
    [
      'something else with status 200',
      (stream) => {
        stream.respond({ ':status': 200, 'content-type': 'application/json' });
        stream.end('{}');
      },
      GrpcCode.unknown,
      /Not an answer of gRPC/,
    ],
    [
      'no protobuf',
      (stream) => {
        stream.respond(grpc);
        stream.write(toFrame(new Uint8Array([0x0a, 0x50, 1])));
      },
      GrpcCode.internal,
      /cannot be read/,
    ],
    [
      'a compressed message',
      (stream) => {
        stream.respond(grpc);
        stream.write(new Uint8Array([1, 0, 0, 0, 1, 0]));
      },
      GrpcCode.internal,
      /compressed/,
    ],
    [
      'a message said to be of 4 GB',
      (stream) => {
        stream.respond(grpc);
        stream.write(new Uint8Array([0, 255, 255, 255, 255, 0]));
      },
      GrpcCode.resourceExhausted,
      /4294967295 bytes/,
    ],
    [
      'half a message and a good end',
      (stream) => {
        stream.respond(grpc, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(frame('hello').subarray(0, 7));
      },
      GrpcCode.internal,
      /within a message/,
    ],
    [
      'a message without a status after it',
      (stream) => {
        stream.respond(grpc);
        stream.end(frame('x'));
      },
      GrpcCode.unavailable,
      /ended/,
    ],
    ['a reset', (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR), GrpcCode.internal, /no status/],
    ['a cancel', (stream) => stream.close(constants.NGHTTP2_CANCEL), GrpcCode.cancelled, /cancelled/],
    [
      'a demand to be calm',
      (stream) => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
      GrpcCode.resourceExhausted,
      /so many/,
    ],
    ['a refusal', (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM), GrpcCode.unavailable, /ended/],
  ])('fails when it gets %s, and the connection goes on', async (_what, answer, code, text) => {
    let isFirst = true;
    const { connection, sessions } = await serve((stream, headers) => {
      (isFirst ? answer : answerWith('fine'))(stream, headers);
      isFirst = false;
    });
    const error = await failure(connection.unary(unary, {}));
    expect(error).toBeInstanceOf(GrpcError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(text) });
    expect(await connection.unary(unary, {})).toEqual({ text: 'fine' });
    expect(sessions.size).toBe(1);
  });

  it('that gets no answer ends at its time, and tells the other side', async () => {
    const reset = Promise.withResolvers<number | undefined>();
    const { connection } = await serve((stream) => stream.on('close', () => reset.resolve(stream.rstCode)));
    const error = await failure(connection.unary(unary, {}, { timeoutMs: 50 }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ reason: 'not_answering', code: GrpcCode.deadlineExceeded });
    expect(await reset.promise).toBe(constants.NGHTTP2_CANCEL);
  });

  it('ends at its time when the answer stops half-way', async () => {
    const { connection } = await serve((stream) => {
      stream.respond(grpc);
      stream.write(frame('hello').subarray(0, 6));
    });
    const error = await failure(connection.unary(unary, {}, { timeoutMs: 50 }));
    expect(error).toMatchObject({ reason: 'not_answering' });
  });

  it('ends at its time when the other side accepts and says nothing at all', async () => {
    const socketPath = join(temporaryFolder(), 'mute.sock');
    const sockets: Socket[] = [];
    const server = createSocketServer((socket) => sockets.push(socket)).listen(socketPath);
    await once(server, 'listening');
    const connection = new GrpcConnection({ socketPath });
    onTestFinished(() => {
      connection.close();
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    expect(await failure(connection.unary(unary, {}, { timeoutMs: 50 }))).toMatchObject({
      reason: 'not_answering',
    });
  });

  it('is lost when the other side speaks another protocol', async () => {
    const socketPath = join(temporaryFolder(), 'other.sock');
    const server = createSocketServer((socket) => {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(socketPath);
    await once(server, 'listening');
    const connection = new GrpcConnection({ socketPath });
    onTestFinished(() => {
      connection.close();
      server.close();
    });
    expect(await failure(connection.unary(unary, {}, { timeoutMs: 5000 }))).toMatchObject({ reason: 'lost' });
  });

  it('ends with the reason of its signal, before and while it runs', async () => {
    const asked = Promise.withResolvers<void>();
    const { connection } = await serve(() => asked.resolve());
    const reason = new Error('enough');
    expect(await failure(connection.unary(unary, {}, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    const abort = new AbortController();
    const error = failure(connection.unary(unary, {}, { signal: abort.signal, timeoutMs: null }));
    await asked.promise;
    abort.abort(reason);
    expect(await error).toBe(reason);
  });

  it('is lost with the connection; the next one connects again', async () => {
    let calls = 0;
    const { connection, sessions } = await serve((stream, headers) => {
      calls++;
      if (calls <= 2) stream.session?.destroy();
      else answerWith('again')(stream, headers);
    });
    expect(await failure(connection.unary(unary, {}))).toMatchObject({ reason: 'lost', code: 14 });
    expect(await failure(connection.unary(unary, {}))).toMatchObject({ reason: 'lost', code: 14 });
    expect(await connection.unary(unary, {})).toEqual({ text: 'again' });
    expect(calls).toBe(3);
    expect(sessions.size).toBe(1);
  });

  it('finishes after the other side has said it goes; later ones take a new connection', async () => {
    const held: ServerHttp2Stream[] = [];
    const { connection, sessions } = await serve((stream, headers) => {
      if (held.length > 0) return answerWith('new')(stream, headers);
      held.push(stream);
      stream.session?.goaway(constants.NGHTTP2_NO_ERROR);
    });
    const first = connection.unary(unary, {});
    await vi.waitFor(() => expect(held).toHaveLength(1));
    await vi.waitFor(async () => expect(await connection.unary(unary, {})).toEqual({ text: 'new' }));
    expect(sessions.size).toBe(2);
    const [stream] = held;
    if (stream) answerWith('old')(stream, {});
    expect(await first).toEqual({ text: 'old' });
  });

  it('a hard going away loses the calls under way', async () => {
    const { connection } = await serve((stream) => {
      stream.session?.goaway(constants.NGHTTP2_PROTOCOL_ERROR);
    });
    expect(await failure(connection.unary(unary, {}))).toMatchObject({ reason: 'lost' });
  });

  it('says why there is no connection', async () => {
    const folder = temporaryFolder();
    const ask = (path: string) =>
      failure(new GrpcConnection({ socketPath: join(folder, path) }).unary(unary, {}));
    expect(await ask('nothing')).toMatchObject({ reason: 'socket_missing' });
    await writeFile(join(folder, 'file'), '');
    expect(await ask('file')).toMatchObject({ reason: 'not_listening' });
    expect(await ask('file/below')).toMatchObject({ reason: 'socket_missing' });
    expect(await ask('long'.repeat(50))).toBeInstanceOf(ConnectionError);
    await rm(join(folder, 'file'));
  });

  it('after the connection was closed fails, as does one under way', async () => {
    const asked = Promise.withResolvers<void>();
    const { connection } = await serve(() => asked.resolve());
    const under = failure(connection.unary(unary, {}));
    await asked.promise;
    connection.close();
    expect(await under).toMatchObject({ reason: 'lost' });
    expect(await failure(connection.unary(unary, {}))).toMatchObject({ reason: 'lost' });
  });
});

describe('many answers', () => {
  it('come in order, at the pace of the reader', async () => {
    const texts = Array.from({ length: 2000 }, (_, index) => `${index}:${'x'.repeat(3000)}`);
    const written = { count: 0 };
    const { connection } = await serve(async (stream) => {
      stream.respond(grpc, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      for (const text of texts) {
        if (!stream.write(frame(text))) await once(stream, 'drain');
        written.count++;
      }
      stream.end();
    });
    const answers: string[] = [];
    for await (const { text } of await connection.stream(stream, { text: 'all' })) {
      if (answers.length === 0) {
        // 6 MB are to come; what is not read stays with the sender beyond the window.
        const before = { count: -1 };
        await vi.waitFor(() => {
          const isStill = written.count === before.count;
          before.count = written.count;
          expect(isStill).toBe(true);
        });
        expect(written.count).toBeLessThan(1500);
      }
      answers.push(text);
    }
    expect(answers).toEqual(texts);
  });

  it('that nobody wants any more are cancelled', async () => {
    const reset = Promise.withResolvers<number | undefined>();
    const { connection } = await serve((stream) => {
      stream.respond(grpc);
      stream.write(frame('1'));
      stream.write(frame('2'));
      stream.on('close', () => reset.resolve(stream.rstCode));
    });
    for await (const { text } of await connection.stream(stream, {})) {
      expect(text).toBe('1');
      break;
    }
    expect(await reset.promise).toBe(constants.NGHTTP2_CANCEL);
  });

  it('before a failure are all given', async () => {
    const { connection } = await serve((stream) => {
      stream.respond(grpc, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '13', 'grpc-message': 'broken' }));
      stream.write(frame('1'));
      stream.end(frame('2'));
    });
    const call = await connection.stream(stream, {});
    expect(await call.receive()).toEqual({ text: '1' });
    expect(await call.receive()).toEqual({ text: '2' });
    expect(await failure(call.receive())).toMatchObject({ code: 13, message: 'broken' });
  });

  it('end for all calls when the connection is lost', async () => {
    const { connection, sessions } = await serve((stream) => {
      stream.respond(grpc);
      stream.write(frame('1'));
    });
    const calls = await Promise.all(Array.from({ length: 250 }, () => connection.stream(stream, {})));
    // More than HTTP/2 has by default at once.
    for (const call of calls) expect(await call.receive()).toEqual({ text: '1' });
    for (const session of sessions) session.destroy();
    for (const call of calls) expect(await failure(call.receive())).toMatchObject({ reason: 'lost' });
  });
});

describe('a conversation', () => {
  const echo: Answer = (stream) => {
    stream.respond(grpc, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.pipe(stream);
  };

  it('goes to and fro and ends', async () => {
    const { connection } = await serve(echo);
    using call = await connection.bidi(bidi);
    for (const text of ['a', 'b'.repeat(1_500_000), 'c']) {
      // Neither waits for the other: a large message comes back while it is being sent.
      const sent = call.send({ text });
      expect((await call.receive())?.text).toBe(text);
      await sent;
    }
    call.end();
    expect(await call.receive()).toBeUndefined();
    expect(await failure(call.send({ text: 'late' }))).toMatchObject({ code: GrpcCode.cancelled });
  });

  it('that the other side ends early tells why, to the reader and to the writer', async () => {
    const { connection } = await serve(refuseWith('6', 'there already'));
    using call = await connection.bidi(bidi);
    expect(await failure(call.receive())).toMatchObject({ code: 6, message: 'there already' });
    expect(await failure(call.send({ text: 'x' }))).toMatchObject({ code: 6, message: 'there already' });
  });

  it('a writer that the other side does not read waits, and ends with the signal', async () => {
    const { connection } = await serve((stream) => {
      stream.respond(grpc);
      stream.pause();
    });
    const abort = new AbortController();
    using call = await connection.bidi(bidi, { signal: abort.signal });
    const sent = failure(call.send({ text: 'x'.repeat(3_000_000) }));
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await sent).toBe(reason);
    expect(await failure(call.receive())).toBe(reason);
  });

  it('cancelled is over for both sides', async () => {
    const reset = Promise.withResolvers<number | undefined>();
    const { connection } = await serve((stream) => {
      stream.respond(grpc);
      stream.on('close', () => reset.resolve(stream.rstCode));
    });
    const call = await connection.bidi(bidi);
    await call.send({ text: 'x' });
    call.cancel();
    call.cancel();
    expect(await reset.promise).toBe(constants.NGHTTP2_CANCEL);
    expect(await failure(call.receive())).toMatchObject({ code: GrpcCode.cancelled });
  });
});
