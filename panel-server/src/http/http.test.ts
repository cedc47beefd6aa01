import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildPanel } from '../app.ts';
import { readConfig } from '../config.ts';
import { type Ask, ask } from '../testing/ask.ts';
import { password, type TestPanel, testPanel } from '../testing/test-panel.ts';
import { bodyTimeoutMs } from './body-deadline.ts';

let test: TestPanel;
beforeAll(async () => {
  test = await testPanel();
});
afterAll(() => test.close());

const credentials = { email: 'user@example.com', password };

describe('what is not a proper request', () => {
  it.each<[string, string, Ask, number, string]>([
    ['an unknown address', '/api/nothing', {}, 404, 'not_found'],
    ['an unknown address outside the API', '/nothing.png', {}, 404, 'not_found'],
    ['an address that cannot be decoded', '/api/%zz', {}, 400, 'bad_request'],
    ['a wrong method', '/api/auth/login', { method: 'DELETE' }, 405, 'method_not_allowed'],
    ['a body that is not JSON', '/api/auth/login', { body: '{"email":' }, 400, 'bad_request'],
    ['no body', '/api/auth/login', { method: 'POST' }, 422, 'invalid_input'],
    ['an empty JSON body', '/api/auth/login', { body: '' }, 400, 'bad_request'],
    [
      'a body of another type',
      '/api/auth/login',
      { body: 'x', headers: { 'content-type': 'text/plain' } },
      400,
      'bad_request',
    ],
    [
      'a form',
      '/api/auth/login',
      { body: 'email=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      400,
      'bad_request',
    ],
    [
      '__proto__',
      '/api/auth/login',
      { body: '{"email":"a@b.co","password":"x","__proto__":{"role":"admin"}}' },
      400,
      'bad_request',
    ],
    [
      'constructor.prototype',
      '/api/auth/login',
      { body: '{"constructor":{"prototype":{"role":"admin"}}}' },
      400,
      'bad_request',
    ],
    ['a field too many', '/api/auth/login', { body: { ...credentials, admin: true } }, 422, 'invalid_input'],
    [
      'deep nesting',
      '/api/auth/login',
      { body: `${'['.repeat(50_000)}${']'.repeat(50_000)}` },
      422,
      'invalid_input',
    ],
  ])('%s is refused in the one shape of errors', async (_what, path, request, status, code) => {
    const answer = await ask(test, path, request);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error: expect.objectContaining({ code, message: expect.any(String), requestId: expect.any(String) }),
    });
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.text).not.toMatch(/node_modules|\.ts:\d|at \w+ \(/);
    expect(({} as { role?: string }).role).toBeUndefined();
  });

  it('names the methods an address takes', async () => {
    expect((await ask(test, '/api/system', { method: 'PUT', body: {} })).headers.get('allow')).toBe(
      'GET, HEAD',
    );
  });

  it('says which field is wrong', async () => {
    const answer = await ask(test, '/api/auth/login', { body: { email: 'nonsense', password: '' } });
    expect(answer.body.error.issues).toEqual([
      { path: 'email', message: 'must be an e-mail address' },
      { path: 'password', message: 'must not be empty' },
    ]);
  });

  it('a body of 50 MB is refused before it has arrived', async () => {
    const answer = await rawRequest(
      'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 52428800\r\n\r\n{"email":"',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('payload_too_large');
  });

  it('a chunked body of 50 MB is cut off', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const answer = await rawRequest(
      'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      Array(800).fill(chunk),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each(['/api/auth/login', '/api/nothing', '/%ff', '/socket.io/?EIO=4&transport=polling&sid=SID'])(
    'a body that never ends is not waited for at %s',
    async (path) => {
      const opened = await ask(test, '/socket.io/?EIO=4&transport=polling');
      const { sid } = JSON.parse(opened.text.slice(1));
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      try {
        const answer = rawRequest(
          `POST ${path.replace('SID', sid)} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
          [],
          () => false,
        );
        await once(test.panel.core.door.server, 'request');
        await new Promise(setImmediate);
        expect(vi.getTimerCount()).toBeGreaterThan(0);
        await vi.advanceTimersByTimeAsync(bodyTimeoutMs);
        await answer;
      } finally {
        vi.useRealTimers();
      }
    },
  );

  it('bytes that are not HTTP get a short answer', async () => {
    expect(await rawRequest('SSH-2.0-OpenSSH_9.2\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('a wish for another protocol is not heard, and the request answered', async () => {
    const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk';
    expect(await rawRequest(`GET /health HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n\r\n`)).toContain(
      '{"status":"ok"}',
    );
    const webSocket = 'Connection: Upgrade\r\nUpgrade: websocket';
    expect(await rawRequest(`GET /api/nothing HTTP/1.1\r\nHost: x\r\n${webSocket}\r\n\r\n`)).toMatch(/ 404 /);
  });

  it.each([
    ['an address that cannot be decoded', 'GET /%ff HTTP/1.1\r\nHost: x', 400],
    ['no host', 'GET /health HTTP/1.1', 400],
    ['bytes that are not HTTP', 'SSH-2.0-OpenSSH_9.2', 400],
    ['a wish nobody knows', 'GET /health HTTP/1.1\r\nHost: x\r\nExpect: foo', 417],
    ['a socket nobody opened', 'GET /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: x', 400],
  ])('%s is refused with the headers that every answer has', async (_what, head, status) => {
    const answer = await rawRequest(`${head}\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im);
    expect(answer).toMatch(/^content-security-policy: default-src 'none'/im);
    expect(answer).toMatch(/^cache-control: no-store\r$/im);
  });

  it.each(['SSH-2.0-OpenSSH_9.2', 'GET /health HTTP/1.1', 'GET /health HTTP/1.1\r\nHost: x\r\nExpect: foo'])(
    '%j is refused in the one shape of errors',
    async (head) => {
      const [, body = ''] = (await rawRequest(`${head}\r\n\r\n`)).split('\r\n\r\n');
      expect(JSON.parse(body)).toEqual({
        error: { code: 'bad_request', message: expect.any(String), requestId: expect.any(String) },
      });
    },
  );
});

describe('a page of another site', () => {
  it.each<[string, Ask]>([
    ['a foreign Origin', { headers: { origin: 'https://evil.example' } }],
    ['Origin null', { headers: { origin: 'null' } }],
    ['our host with another scheme', { headers: { origin: 'https://HOST' } }],
    ['our host with another port', { headers: { origin: 'http://127.0.0.1:1' } }],
    ['no Origin and a cookie', {}],
  ])('with %s changes nothing', async (_what, request) => {
    const { token, api } = await test.createUser(`victim-${Math.random().toString(36).slice(2, 10)}`);
    const host = new URL(test.url).host;
    const headers = Object.fromEntries(
      Object.entries(request.headers ?? {}).map(([name, value]) => [name, value.replace('HOST', host)]),
    );
    const answer = await ask(test, '/api/auth/logout', {
      method: 'POST',
      cookie: `catalyst=${token}`,
      headers,
    });
    expect(answer.status).toBe(403);
    expect(answer.body.error.code).toBe('origin_refused');
    expect((await api.sessions.me()).id).toBeDefined();
  });

  it('cannot sign anybody in, or read', async () => {
    const headers = { origin: 'https://evil.example' };
    expect((await ask(test, '/api/auth/login', { body: credentials, headers })).status).toBe(403);
    expect((await ask(test, '/api/auth/me', { headers, token: test.user.token })).status).toBe(403);
  });

  it('cannot get around that by another spelling of the address', async () => {
    const { token, api } = await test.createUser('spelled');
    const headers = { origin: 'https://evil.example' };
    for (const path of ['/%61pi/auth/logout', '//api/auth/logout', '/api//auth/logout', '/API/auth/logout']) {
      const answer = await ask(test, path, { method: 'POST', cookie: `catalyst=${token}`, headers });
      expect([403, 404], path).toContain(answer.status);
    }
    expect((await api.sessions.me()).name).toBe('spelled');
  });

  it('gets no CORS headers', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const answer = await ask(test, '/api/auth/login', { method: 'OPTIONS', headers });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('is told apart from our own page', async () => {
    const { token } = await test.createUser('own-page');
    const headers = { origin: test.url };
    const answer = await ask(test, '/api/auth/logout', {
      method: 'POST',
      cookie: `catalyst=${token}`,
      headers,
    });
    expect(answer.status).toBe(204);
  });

  it('cannot open a socket', async () => {
    const upgrade = (origin: string) =>
      rawRequest(
        `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${new URL(test.url).host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${origin}\r\n`,
        [],
        (answer) => answer.includes('\r\n\r\n'),
      );
    expect(await upgrade('Origin: https://evil.example\r\n')).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await upgrade('Origin: null\r\n')).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await upgrade(`Origin: ${test.url}\r\n`)).toMatch(/^HTTP\/1\.1 101 /);
    expect(await upgrade('')).toMatch(/^HTTP\/1\.1 101 /);
    const polling = await ask(test, '/socket.io/?EIO=4&transport=polling', {
      headers: { origin: 'https://evil.example' },
    });
    expect(polling.status).toBe(403);
  });
});

describe('headers', () => {
  it.each(['/', '/api/auth/me', '/api/nothing', '/api/docs', '/health'])(
    'of %s keep browsers safe',
    async (path) => {
      const { headers } = await ask(test, path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("default-src 'none'");
      for (const directive of ['frame-ancestors', 'base-uri', 'object-src']) {
        expect(policy).toContain(`${directive} 'none'`);
      }
      expect(policy).not.toContain('unsafe-eval');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
      if (path.startsWith('/api/')) expect(headers.get('cache-control')).toBe('no-store');
    },
  );
});

describe('routes', () => {
  it('cannot be registered without a permission', async () => {
    const config = readConfig({ CATALYST_DATA_DIR: `${test.dataDir}/second`, CATALYST_LOG_LEVEL: 'silent' });
    const panel = await buildPanel(config);
    await panel.close();
    const { authorizer } = await import('./authorize.ts');
    const route = (permission?: string) => ({
      method: 'GET',
      url: '/api/x',
      config: { permission } as never,
    });
    expect(() => authorizer(panel.core.access, route())).toThrow(
      'The route GET /api/x declares no permission',
    );
    expect(() => authorizer(panel.core.access, route('server.fly'))).toThrow('declares no permission');
    expect(() => authorizer(panel.core.access, route('server.read'))).not.toThrow();
  });

  it('refuse who is not signed in with 401 and who may not with 403', async () => {
    expect((await ask(test, '/api/system')).status).toBe(401);
    expect((await ask(test, '/api/system', { token: 'x'.repeat(43) })).status).toBe(401);
    expect((await ask(test, '/api/system', { method: 'HEAD' })).status).toBe(401);
    expect((await ask(test, '/%61pi/system')).status).toBe(401);
    const answer = await ask(test, '/api/system', { token: test.user.token });
    expect(answer.status).toBe(403);
    expect(answer.body.error.message).toBe('This needs the permission settings.read');
    expect((await ask(test, '/api/system', { token: test.admin.token })).body).toMatchObject({
      database: 'sqlite',
      insecureTransport: false,
    });
  });
});

describe('the interface', () => {
  it('is said to be missing while it has not been built', async () => {
    const answer = await ask(test, '/');
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('The interface has not been built');
  });

  it('is there for the first who ask, several at once', async () => {
    const interfaceDir = await mkdtemp(join(tmpdir(), 'catalyst-interface-'));
    writeFileSync(join(interfaceDir, 'index.html'), '<!doctype html><title>Built</title>');
    const own = await testPanel({ environment: { CATALYST_INTERFACE_DIR: interfaceDir } });
    const paths = ['/', '/sign-in', '/', '/setup', '/index.html'];
    const answers = await Promise.all(paths.map((path) => ask(own, path)));
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
    await own.close();
    await rm(interfaceDir, { recursive: true });
  });

  it('is served as built, pages included', async () => {
    const folder = test.config.interfaceDir;
    const script = `console.log(${JSON.stringify('x'.repeat(5000))})`;
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Built</title>');
    writeFileSync(join(folder, 'assets', 'app-1a2b.js'), script);
    writeFileSync(join(folder, 'assets', 'app-1a2b.js.br'), brotliCompressSync(script));
    writeFileSync(join(folder, 'assets', 'app-1a2b.js.map'), '{}');
    await expect.poll(async () => (await ask(test, '/')).status, { timeout: 5000 }).toBe(200);
    for (const path of ['/', '/setup', '/servers/01890000-0000-7000-8000-000000000000/console?tab=1']) {
      const page = await ask(test, path);
      expect(page.text).toContain('<title>Built</title>');
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.headers.get('cache-control')).toBe('no-cache');
    }
    const asset = await ask(test, '/assets/app-1a2b.js', { headers: { 'accept-encoding': 'gzip, br' } });
    expect(asset.text).toBe(script);
    expect(asset.headers.get('content-encoding')).toBe('br');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const plain = await ask(test, '/assets/app-1a2b.js', { headers: { 'accept-encoding': 'identity' } });
    expect(plain.text).toBe(script);
    expect(plain.headers.get('content-encoding')).toBeNull();
    const etag = asset.headers.get('etag') as string;
    expect((await ask(test, '/assets/app-1a2b.js', { headers: { 'if-none-match': etag } })).status).toBe(304);
    const head = await ask(test, '/assets/app-1a2b.js', {
      method: 'HEAD',
      headers: { 'accept-encoding': 'identity' },
    });
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([
      200,
      '',
      String(script.length),
    ]);
  });

  it('hands out nothing beside itself', async () => {
    for (const path of [
      '/assets/app-1a2b.js.map',
      '/..%2fpanel%2fcatalyst.sqlite',
      '/%2e%2e/panel/identity/panel-key.pem',
      '/assets/..%5c..%5cpanel%5cidentity%5cpanel-key.pem',
      '/assets/missing.js',
      '/assets/missing',
      '/api%2Fservers',
      '//etc/passwd',
      '/assets/%00',
      '/%61pi/nothing',
    ]) {
      expect((await ask(test, path)).status, path).toBe(404);
    }
    expect(await rawRequest('GET /../panel/identity/panel-key.pem HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      / 404 /,
    );
  });
});

/** Sends bytes as they are, then `more` as long as the panel reads; gives what came back. */
function rawRequest(
  text: string,
  more: string[] = [],
  isComplete = (answer: string) => answer.includes('\r\n\r\n') && answer.split('\r\n\r\n')[1] !== '',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(test.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
      if (isComplete(answer)) socket.destroy();
    });
    socket.on('error', (error) => (answer ? resolve(answer) : reject(error)));
    socket.on('close', () => resolve(answer));
    socket.write(text);
    const rest = [...more];
    const next = () => {
      const chunk = rest.shift();
      if (chunk && socket.writable) socket.write(chunk, next);
    };
    next();
  });
}
