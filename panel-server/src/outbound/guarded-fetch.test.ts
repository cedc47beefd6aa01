import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardedFetch } from './guarded-fetch.ts';

describe('a request to an address that somebody typed in', () => {
  let server: Server;
  let url: string;
  let connections = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/redirect') response.writeHead(302, { location: '/secret' }).end();
      else if (request.url === '/long') response.end(Buffer.alloc(2_000_000));
      else request.pipe(response);
    });
    server.on('connection', () => (connections += 1));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it.each(['', '127.0.0.2', '10.0.0.0/8'])(
    'does not reach this machine when “%s” is allowed',
    async (network) => {
      const port = new URL(url).port;
      const fetched = guardedFetch(network ? [network] : []);
      for (const host of [
        '127.0.0.1',
        'localhost',
        '[::ffff:127.0.0.1]',
        '2130706433',
        '0x7f.1',
        '0.0.0.0',
      ]) {
        await expect(fetched(`http://${host}:${port}/`), host).rejects.toThrow();
      }
      expect(connections).toBe(0);
    },
  );

  it('reaches what an administrator allows, follows no redirect and reads no endless answer', async () => {
    const fetched = guardedFetch(['127.0.0.1']);
    const echoed = await fetched(`${url}/`, { method: 'POST', body: 'ping' });
    expect([echoed.status, await echoed.text()]).toEqual([200, 'ping']);
    expect((await fetched(`${url}/redirect`)).status).toBe(302);
    await expect(fetched(`${url}/long`)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(fetched('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
