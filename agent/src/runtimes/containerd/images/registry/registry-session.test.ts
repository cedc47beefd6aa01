import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { TrustedRegistry } from '@catalyst/shared/features/server-spec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mediaTypes } from '../image-manifest.ts';
import { parseImageName } from '../image-reference.ts';
import { RegistrySession } from './registry-session.ts';
import { RegistryTransport, type TransportOptions } from './registry-transport.ts';
import { StubRegistry } from './stub-registry.ts';

let stub: StubRegistry;
let other: StubRegistry;
const transports: RegistryTransport[] = [];
beforeEach(async () => {
  [stub, other] = await Promise.all([StubRegistry.start(), StubRegistry.start()]);
});
afterEach(async () => {
  for (const transport of transports.splice(0)) transport.close();
  await Promise.all([stub, other].map((one) => one[Symbol.asyncDispose]()));
});

const never = new AbortController().signal;
const retryDelaysMs = [1, 1, 1];
const attempts = retryDelaysMs.length + 1;
const document = { schemaVersion: 2, mediaType: mediaTypes.manifest };
const realm = (host: string) =>
  `Bearer realm="http://${host}/token",service="stub",scope="repository:game:pull"`;

function session(
  { trusted, repository = 'game' }: { trusted?: TrustedRegistry; repository?: string } = {},
  options: TransportOptions = {},
) {
  const transport = new RegistryTransport({
    allowedNetworks: ['127.0.0.0/8'],
    stallTimeoutMs: 300,
    ...options,
  });
  transports.push(transport);
  return new RegistrySession(
    transport,
    parseImageName(`${stub.host}/${repository}:1`),
    trusted ? [trusted] : [],
    retryDelaysMs,
  );
}
const mine = (): TrustedRegistry => ({
  host: stub.host,
  plainHttp: true,
  login: { username: 'me', password: 'secret' },
});
const refuse = (response: ServerResponse, challenge: string) =>
  response.writeHead(401, { 'www-authenticate': challenge }).end();
const failure = (code: string, sentence: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(sentence) });

describe('manifests', () => {
  it('come by tag and by digest, with their kind', async () => {
    const { digest } = stub.putManifest('game', '1', document);
    const byTag = await session().manifest('1', never);
    expect(byTag).toMatchObject({ digest, contentType: mediaTypes.manifest });
    expect((await session().manifest(digest, never)).bytes).toEqual(byTag.bytes);
  });

  it('that are unknown are said to be', async () => {
    await expect(session().manifest('1', never)).rejects.toEqual(
      failure('invalid_input', /There is no image .*game:1/),
    );
    expect(stub.requests).toHaveLength(1);
  });

  it('with another digest than asked for are refused', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    stub.put(`game/manifests/${digest}`, JSON.stringify(document));
    await expect(session().manifest(digest, never)).rejects.toEqual(
      failure('unavailable', /other content than sha256:0/),
    );
  });

  it.each([
    ['announced', { 'content-length': 5_000_000 }],
    ['not announced', {}],
  ])('that are huge and %s are refused', async (_name, headers) => {
    let sentBytes = 0;
    stub.on(/manifests/, (_request, response) => {
      response.writeHead(200, headers);
      const send = () => {
        while (!response.destroyed && response.write(Buffer.alloc(100_000))) sentBytes += 100_000;
        sentBytes += 100_000;
      };
      response.on('drain', send);
      send();
    });
    await expect(session().manifest('1', never)).rejects.toEqual(
      failure('unavailable', /more than it should/),
    );
    expect(sentBytes).toBeLessThan(20_000_000);
  });

  it('are asked for again while the registry is busy, as long as it wants', async () => {
    stub.putManifest('game', '1', document);
    const statuses = [503, 429, 500];
    stub.on(/manifests/, (request, response) => {
      const status = statuses.shift();
      if (status) response.writeHead(status, { 'retry-after': '0' }).end();
      else stub.serve(request, response);
    });
    await session().manifest('1', never);
    expect(stub.requests).toHaveLength(4);
  });

  it('are given up when the registry stays busy, is not there, or has no name', async () => {
    stub.on(/manifests/, (_request, response) => response.writeHead(503).end());
    await expect(session().manifest('1', never)).rejects.toEqual(
      failure('unavailable', /cannot answer.*503/),
    );
    expect(stub.requests).toHaveLength(attempts);
    const gone = session();
    await stub[Symbol.asyncDispose]();
    await expect(gone.manifest('1', never)).rejects.toEqual(
      failure('unavailable', /cannot be reached.*ECONNREFUSED/),
    );
    stub = await StubRegistry.start();
  });

  it('that are not sent, or drop by drop, are given up after the stall time-out', async () => {
    stub.on(/silent/, () => {});
    const trickles: NodeJS.Timeout[] = [];
    stub.on(/trickle/, (_request, response) => {
      response.writeHead(200);
      trickles.push(setInterval(() => response.write(' '), 20));
    });
    for (const repository of ['silent', 'trickle']) {
      const failed = session({ repository }).manifest('1', never);
      await expect(failed).rejects.toEqual(failure('unavailable', /has stopped sending/));
    }
    for (const trickle of trickles) clearInterval(trickle);
    expect(stub.requests).toHaveLength(2 * attempts);
  });

  it('end with the signal, at once and for its reason', async () => {
    stub.on(/manifests/, () => {});
    const cancel = new AbortController();
    const reason = new Error('enough');
    const failed = session({}, { stallTimeoutMs: 60_000 }).manifest('1', cancel.signal);
    setImmediate(() => cancel.abort(reason));
    await expect(failed).rejects.toBe(reason);
  });
});

describe('credentials', () => {
  function wantToken(token = 'abc') {
    stub.on(/v2/, (request, response) => {
      if (request.headers.authorization === `Bearer ${token}`) stub.serve(request, response);
      else refuse(response, realm(stub.host));
    });
    stub.on(/token/, (_request, response) => response.end(JSON.stringify({ token: 'abc' })));
    stub.putManifest('game', '1', document);
  }

  it('are exchanged for a token, once', async () => {
    wantToken();
    const one = session({ trusted: mine() });
    await one.manifest('1', never);
    await one.manifest('1', never);
    const asked = stub.requests.filter(({ path }) => path.startsWith('/token'));
    expect(asked).toEqual([
      {
        path: '/token?service=stub&scope=repository%3Agame%3Apull',
        authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
      },
    ]);
  });

  it('are not needed for a token that anyone gets', async () => {
    wantToken();
    await session().manifest('1', never);
    expect(stub.requests.find(({ path }) => path.startsWith('/token'))?.authorization).toBeUndefined();
  });

  it('of another registry are not used, also not where the name begins alike', async () => {
    wantToken();
    for (const host of [other.host, '127.0.0.1', `${stub.host}0`, 'docker.io']) {
      await session({ trusted: { ...mine(), host } }).manifest('1', never);
    }
    expect(stub.requests.filter(({ authorization }) => authorization?.startsWith('Basic'))).toEqual([]);
  });

  it('are sent themselves where the registry wants that', async () => {
    stub.putManifest('game', '1', document);
    stub.on(/v2/, (request, response) => {
      if (request.headers.authorization) stub.serve(request, response);
      else refuse(response, 'Basic realm="stub"');
    });
    await session({ trusted: mine() }).manifest('1', never);
    await expect(session().manifest('1', never)).rejects.toEqual(
      failure('invalid_input', /wants credentials/),
    );
  });

  it('that are refused are said to be, and are not tried again and again', async () => {
    wantToken('a token that is never given');
    const refused = failure('invalid_input', /refuses these credentials/);
    await expect(session({ trusted: mine() }).manifest('1', never)).rejects.toEqual(refused);
    expect(stub.requests).toHaveLength(3);
    await expect(session().manifest('1', never)).rejects.toEqual(
      failure('invalid_input', /or the registry .* wants credentials/),
    );
    stub.on(/token/, (_request, response) => response.writeHead(401).end());
    await expect(session({ trusted: mine() }).manifest('1', never)).rejects.toEqual(refused);
  });

  it.each([
    ['no token', '{}'],
    ['a token with a line break', JSON.stringify({ token: 'a\r\nx-evil: 1' })],
    ['no JSON', '<html>'],
    ['a huge token', JSON.stringify({ token: 'a'.repeat(100_000) })],
  ])('bring a clear message when the answer is %s', async (_name, answer) => {
    wantToken();
    stub.on(/token/, (_request, response) => response.end(answer));
    await expect(session().manifest('1', never)).rejects.toEqual(
      failure('unavailable', /no token|more than it should/),
    );
  });

  it('go to a trusted registry in a private network, but not to others there that it names', async () => {
    wantToken();
    const one = () => session({ trusted: mine() }, { allowedNetworks: [] });
    await one().manifest('1', never);
    const { connectionCount } = stub;
    for (const where of [`http://${other.host}/token`, `https://${other.host}/token`]) {
      stub.on(/v2/, (_request, response) => refuse(response, `Bearer realm="${where}"`));
      await expect(one().manifest('1', never)).rejects.toEqual(
        failure('invalid_input', new RegExp(`sends us to ${other.host}.* not on the public internet`)),
      );
    }
    expect(stub.connectionCount).toBeGreaterThan(connectionCount);
    expect(other.connectionCount).toBe(0);
  });

  it.each([
    ['another host without TLS', () => `http://${other.host.replace('127.0.0.1', '127.0.0.2')}/token`],
    ['a file', () => 'file:///etc/passwd'],
    ['an address with a user', () => `http://a:b@${stub.host}/token`],
    ['nothing readable', () => 'token'],
  ])('are not sent to %s', async (_name, where) => {
    stub.on(/v2/, (_request, response) => refuse(response, `Bearer realm="${where()}"`));
    const failed = session({ trusted: mine() }).manifest('1', never);
    await expect(failed).rejects.toEqual(failure('unavailable', /not safe/));
    expect(other.requests).toEqual([]);
  });

  it('stay behind when a registry sends us to another host, be it a neighbour', async () => {
    wantToken();
    const { digest, size } = other.putBlob('elsewhere', 'content');
    stub.on(/blobs/, (request, response) => {
      if (!request.headers.authorization) return refuse(response, realm(stub.host));
      const location = `http://${other.host}/v2/elsewhere/blobs/${digest}`;
      return response.writeHead(307, { location }).end();
    });
    const blob = session({ trusted: mine() }).blob({ mediaType: '', digest, size }, 0, never);
    expect((await buffer(blob)).toString()).toBe('content');
    expect(other.requests).toEqual([{ path: `/v2/elsewhere/blobs/${digest}` }]);
  });

  it('are not given to another host that asks for them after a redirection', async () => {
    stub.on(/manifests/, (_request, response) =>
      response.writeHead(307, { location: `http://${other.host}/v2/game/manifests/1` }).end(),
    );
    other.on(/./, (_request, response) => refuse(response, 'Basic realm="evil"'));
    await expect(session({ trusted: mine() }).manifest('1', never)).rejects.toThrow();
    expect(other.requests.filter(({ authorization }) => authorization)).toEqual([]);
  });
});

describe('redirections', () => {
  it.each([
    ['to a file', () => 'file:///etc/passwd'],
    ['to an unknown scheme', () => 'gopher://127.0.0.1/'],
    ['to a host without TLS', () => 'http://example.com/'],
    ['with credentials in the address', () => `http://a:b@${other.host}/`],
    ['to nothing', () => 'http://'],
  ])('%s are not followed', async (_name, where) => {
    stub.on(/manifests/, (_request, response) => response.writeHead(302, { location: where() }).end());
    await expect(session().manifest('1', never)).rejects.toEqual(failure('unavailable', /not safe/));
    expect(other.requests).toEqual([]);
  });

  it.each([
    'https://169.254.169.254/',
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://2130706434/',
    'https://[::ffff:10.0.0.1]/',
  ])('to %s are refused before any connection', async (location) => {
    stub.on(/manifests/, (_request, response) => response.writeHead(302, { location }).end());
    const failed = session({}, { allowedNetworks: ['127.0.0.1/32'] }).manifest('1', never);
    await expect(failed).rejects.toThrow(/public internet/);
  });

  it('in circles end', async () => {
    stub.on(/./, (request, response) =>
      response.writeHead(302, { location: `${request.url}/../x/../1` }).end(),
    );
    await expect(session().manifest('1', never)).rejects.toEqual(failure('unavailable', /circles/));
    expect(stub.requests).toHaveLength(6);
  });

  it('cannot bring other content for a digest', async () => {
    const digest = `sha256:${'1'.repeat(64)}`;
    stub.put('secret/manifests/1', '{"schemaVersion":2,"other":true}');
    stub.on(/game/, (_request, response) =>
      response.writeHead(302, { location: '../../../v2/./game/../secret/manifests/1' }).end(),
    );
    await expect(session().manifest(digest, never)).rejects.toEqual(failure('unavailable', /other content/));
  });

  it('a registry in a network that nobody allowed is never connected to', async () => {
    const failed = session({}, { allowedNetworks: [] }).manifest('1', never);
    await expect(failed).rejects.toEqual(failure('invalid_input', /public internet/));
    expect(stub.requests).toEqual([]);
  });
});

describe('blobs', () => {
  const content = randomBytes(3_000_000);
  const descriptor = () => stub.putBlob('game', content);
  const read = (offset = 0) => buffer(session().blob(descriptor(), offset, never));

  it('come whole, or from an offset on', async () => {
    expect((await read()).equals(content)).toBe(true);
    expect((await read(1_000_000)).equals(content.subarray(1_000_000))).toBe(true);
    expect(stub.requests.at(-1)?.range).toBe('bytes=1000000-');
    expect(await read(content.length)).toHaveLength(0);
  });

  it('go on where a connection broke', async () => {
    let breaks = 0;
    stub.on(/blobs/, (request, response) => {
      const from = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
      if (breaks++ >= 2) return stub.serve(request, response);
      response.writeHead(from ? 206 : 200, {
        'content-length': content.length - from,
        ...(from && { 'content-range': `bytes ${from}-2999999/3000000` }),
      });
      return response.write(content.subarray(from, from + 700_000), () => response.destroy());
    });
    expect((await read()).equals(content)).toBe(true);
    expect(breaks).toBe(3);
    expect(stub.requests.slice(1).every(({ range }) => range !== undefined)).toBe(true);
  });

  it('also come from a registry that knows no parts', async () => {
    stub.on(/blobs/, (_request, response) => response.end(content));
    expect((await read(1_234_567)).equals(content.subarray(1_234_567))).toBe(true);
  });

  it.each<[string, RegExp, (response: ServerResponse) => void]>([
    [
      'announces too much',
      /another size/,
      (response) => response.writeHead(200, { 'content-length': 9e6 }).write('a'),
    ],
    [
      'announces too little',
      /another size/,
      (response) => response.writeHead(200, { 'content-length': 1 }).end('a'),
    ],
    [
      'sends too much',
      /more than/,
      (response) => response.writeHead(200).write(Buffer.alloc(content.length + 1)),
    ],
    ['sends too little', /too early/, (response) => response.writeHead(200).end('too little')],
    [
      'breaks off',
      /cannot be reached/,
      (response) =>
        response.writeHead(200, { 'content-length': content.length }).write('a', () => response.destroy()),
    ],
    [
      'packs it',
      /another size/,
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(content),
    ],
    [
      'sends another part',
      /another size/,
      (response) => response.writeHead(206, { 'content-range': 'bytes 5-6/7' }).end(content),
    ],
    ['has lost it', /There is no image/, (response) => response.writeHead(404).end()],
  ])('are refused when the registry %s', async (_name, sentence, handle) => {
    stub.on(/blobs/, (_request, response) => handle(response));
    await expect(read()).rejects.toThrow(sentence);
    expect(stub.requests.length).toBeLessThanOrEqual(attempts);
  });

  it('let the reader take its time', async () => {
    const slow = session().blob(descriptor(), 0, never);
    let bytes = 0;
    for await (const chunk of slow) {
      if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 500));
      bytes += chunk.length;
    }
    expect(bytes).toBe(content.length);
    expect(stub.requests).toHaveLength(1);
  });
});
