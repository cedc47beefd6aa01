import { createHash, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../testing/ask.ts';
import { password, type TestPanel, testPanel } from '../testing/test-panel.ts';

/** Comes from elsewhere, through a proxy on this machine that the panel trusts. */
const from = (ip: string, scheme: 'http' | 'https') => ({
  'x-forwarded-for': ip,
  'x-forwarded-proto': scheme,
});

describe('one port', () => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel();
  });
  afterAll(() => test.close());

  it('speaks TLS too, with the key that agents pin', async () => {
    const { status, fingerprint, headers, body } = await overTls(test.port, '/api/system', test.admin.token);
    expect(status).toBe(200);
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect(JSON.parse(body)).toMatchObject({ insecureTransport: false, tlsFingerprint: fingerprint });
  });

  it('gives a browser on TLS a cookie that only TLS can carry', async () => {
    const { headers } = await overTls(test.port, '/api/auth/login', undefined, {
      email: 'admin@example.com',
      password,
    });
    const [cookie = ''] = headers['set-cookie'] ?? [];
    expect(cookie).toMatch(
      /^__Host-catalyst=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict; Secure$/,
    );
    const token = cookie.slice('__Host-catalyst='.length, '__Host-catalyst='.length + 43);
    expect((await ask(test, '/api/auth/me', { cookie: `__Host-catalyst=${token}` })).status).toBe(401);
    expect((await ask(test, '/api/auth/me', { cookie: `catalyst=${token}` })).status).toBe(200);
  });

  it('takes requests whose bytes come one by one, and several in one piece', async () => {
    const text = `GET /health HTTP/1.1\r\nHost: x\r\n\r\n`;
    const slow = connect(test.port, '127.0.0.1').setNoDelay(true);
    const answered = readUntil(slow, (answer) => answer.includes('{"status":"ok"}'));
    for (const byte of text) await new Promise((resolve) => slow.write(byte, resolve));
    await answered;
    const pipelined = connect(test.port, '127.0.0.1');
    pipelined.write(text.repeat(3));
    await readUntil(pipelined, (answer) => answer.split('{"status":"ok"}').length === 4);
  });

  it('takes a body that arrives together with its head, in any size', async () => {
    for (const sizeBytes of [10, 5000, 100_000, 1_000_000]) {
      const answer = await ask(test, '/api/auth/login', {
        body: { email: 'a@example.com', password: 'x'.repeat(sizeBytes) },
      });
      expect([401, 422]).toContain(answer.status);
    }
  });

  it('serves sockets with TLS and without', async () => {
    for (const scheme of ['http', 'https']) {
      const socket = io(`${scheme}://127.0.0.1:${test.port}`, {
        auth: { token: test.admin.token },
        rejectUnauthorized: false,
        reconnection: false,
      });
      await new Promise<void>((resolve, reject) => {
        socket.on('connect', resolve);
        socket.on('connect_error', reject);
      });
      socket.close();
    }
  });

  it('refuses old TLS', async () => {
    const attempt = new Promise((resolve, reject) => {
      const socket = connectTls({
        port: test.port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        maxVersion: 'TLSv1.1',
        minVersion: 'TLSv1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      socket.on('secureConnect', resolve);
      socket.on('error', reject);
    });
    await expect(attempt).rejects.toThrow();
  });

  it('ends connections that say nothing when it closes', async () => {
    const own = await testPanel();
    const silent = connect(own.port, '127.0.0.1');
    const ended = new Promise((resolve) => silent.on('close', resolve));
    silent.on('error', () => {});
    await new Promise((resolve) => silent.on('connect', resolve));
    await own.close();
    await ended;
  });
});

describe('plain HTTP from another machine', () => {
  it('is sent to https, and its sockets refused', async () => {
    const test = await testPanel({ environment: { CATALYST_TRUSTED_PROXIES: '127.0.0.1' } });
    const answer = await ask(test, '/api/setup?x=1', {
      headers: { ...from('203.0.113.9', 'http'), host: 'panel.example' },
    });
    expect(answer.status).toBe(308);
    expect(answer.headers.get('location')).toBe(`https://${new URL(test.url).host}/api/setup?x=1`);
    expect((await ask(test, '/', { headers: from('203.0.113.9', 'https') })).status).toBe(503);
    const polling = '/socket.io/?EIO=4&transport=polling';
    expect((await ask(test, polling, { headers: from('203.0.113.9', 'http') })).status).toBe(403);
    expect((await ask(test, polling, { headers: from('203.0.113.9', 'https') })).status).toBe(200);
    await test.close();
  });

  it('is served when the owner allows it, with a hint', async () => {
    const environment = { CATALYST_TRUSTED_PROXIES: '127.0.0.1', CATALYST_ALLOW_PLAIN_HTTP: '1' };
    const test = await testPanel({ environment, withoutAdmin: true });
    const setup = async (scheme: 'http' | 'https') =>
      (await ask(test, '/api/setup', { headers: from('203.0.113.9', scheme) })).body;
    expect(await setup('http')).toEqual({ required: true, insecureTransport: true });
    expect(await setup('https')).toEqual({ required: true, insecureTransport: false });
    await test.close();
  });
});

describe('behind a proxy', () => {
  it('a page on the proxy’s own address is ours', async () => {
    const test = await testPanel({ environment: { CATALYST_TRUSTED_PROXIES: '127.0.0.1' } });
    const headers = {
      ...from('203.0.113.9', 'https'),
      'x-forwarded-host': 'panel.example',
      origin: 'https://panel.example',
    };
    const body = { email: 'admin@example.com', password };
    const answer = await ask(test, '/api/auth/login', { body, headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-catalyst=/);
    const { 'x-forwarded-host': _, ...withoutHost } = headers;
    expect((await ask(test, '/api/auth/login', { body, headers: withoutHost })).status).toBe(403);
    await test.close();
  });

  it('is known by its public address, and headers of strangers are not believed', async () => {
    const test = await testPanel({ environment: { CATALYST_PUBLIC_URL: 'https://panel.example' } });
    const body = { email: 'admin@example.com', password };
    const own = { origin: 'https://panel.example' };
    expect((await ask(test, '/api/auth/login', { body, headers: own })).status).toBe(200);
    const forged = {
      origin: 'https://evil.example',
      'x-forwarded-host': 'evil.example',
      ...from('1.2.3.4', 'https'),
    };
    expect((await ask(test, '/api/auth/login', { body, headers: forged })).status).toBe(403);
    await test.close();
  });
});

function readUntil(socket: ReturnType<typeof connect>, isEnough: (text: string) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`Closed after: ${text}`)));
    socket.on('data', (chunk) => {
      text += chunk;
      if (!isEnough(text)) return;
      socket.removeAllListeners('close').destroy();
      resolve();
    });
  });
}

interface TlsAnswer {
  status: number | undefined;
  headers: Record<string, string | string[] | undefined> & { 'set-cookie'?: string[] };
  body: string;
  fingerprint: string;
}

function overTls(port: number, path: string, token?: string, body?: unknown): Promise<TlsAnswer> {
  return new Promise((resolve, reject) => {
    let fingerprint = '';
    const asked = request(
      {
        port,
        host: '127.0.0.1',
        path,
        method: body ? 'POST' : 'GET',
        rejectUnauthorized: false,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
      },
      (response) => {
        const certificate = new X509Certificate(
          (response.socket as import('node:tls').TLSSocket).getPeerCertificate(true).raw,
        );
        const spki = certificate.publicKey.export({ format: 'der', type: 'spki' });
        fingerprint = createHash('sha256').update(spki).digest('hex');
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: text, fingerprint }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
