import type { LookupAddress } from 'node:dns';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { routeTo } from './registry-route.ts';
import { RegistryTransport } from './registry-transport.ts';
import { StubRegistry } from './stub-registry.ts';

/** What names answer in these tests; all others are asked for as usual. */
const names = vi.hoisted(() => new Map<string, string>());
vi.mock('node:dns', async (original) => {
  const dns = await original<typeof import('node:dns')>();
  const lookup = (name: string, options: object, answer: (error: null, found: LookupAddress[]) => void) => {
    const address = names.get(name);
    if (address === undefined) return dns.lookup(name, options, answer as never);
    setImmediate(answer, null, [{ address, family: 4 }]);
  };
  return { ...dns, lookup };
});

let stub: StubRegistry;
let other: StubRegistry;
let transport: RegistryTransport;
beforeEach(async () => {
  [stub, other] = await Promise.all([StubRegistry.start(), StubRegistry.start('127.0.0.2')]);
  transport = new RegistryTransport({ stallTimeoutMs: 1000 });
  stub.put('game', 'content');
});
afterEach(async () => {
  names.clear();
  transport.close();
  await Promise.all([stub, other].map((one) => one[Symbol.asyncDispose]()));
});

function get(host: string, { isTrusted = true, path = '/v2/game', authorization = 'Basic secret' } = {}) {
  const route = routeTo(host, host, isTrusted ? { host, plainHttp: true, login: null } : null);
  const question = { route, headers: {}, authorization, signal: new AbortController().signal };
  return transport.get(new URL(path, route.origin), question);
}
const portOf = ({ host }: StubRegistry) => host.split(':')[1];

it('does not fall back to speaking without TLS', async () => {
  const secure = { host: 'registry.lan', origin: new URL(`https://${stub.host}`), isTrusted: true };
  const question = { route: secure, headers: {}, authorization: 'x', signal: new AbortController().signal };
  const failed = transport.get(secure.origin, question);
  await expect(failed).rejects.toMatchObject({ code: 'unavailable' });
  expect(stub.requests).toEqual([]);
});

describe('a registry on this machine or in a private network', () => {
  it('is reached when it is trusted', async () => {
    const answer = await get(stub.host);
    expect(answer.status).toBe(200);
    answer.dismiss();
  });

  it('is not even connected to when it is not, and a sentence says what can be done', async () => {
    await expect(get(stub.host, { isTrusted: false })).rejects.toMatchObject({
      code: 'invalid_input',
      message: `${stub.host} is not on the public internet. Add the registry ${stub.host} under Settings → Registries, or its network to CATALYST_REGISTRY_NETWORKS on this node.`,
    });
    expect(stub.connectionCount).toBe(0);
  });

  it('is reached by its name when that is trusted', async () => {
    names.set('registry.lan', '127.0.0.1');
    const host = `registry.lan:${portOf(stub)}`;
    const answer = await get(host);
    expect(answer.status).toBe(200);
    answer.dismiss();
  });

  it('is not reached by a connection that was kept from when it was trusted', async () => {
    names.set('localhost', '127.0.0.1');
    const host = `localhost:${portOf(stub)}`;
    const answer = await get(host);
    for await (const _ of answer.body);
    await expect(get(host, { isTrusted: false })).rejects.toThrow(/localhost:\d+ is not on the public/);
    expect([stub.connectionCount, stub.requests.length]).toEqual([1, 1]);
  });

  it.each(['169.254.169.254', '0.0.0.0', '224.0.0.1'])(
    'is none at %s, whatever its trusted name answers',
    async (address) => {
      names.set('registry.lan', address);
      await expect(get(`registry.lan:${portOf(stub)}`)).rejects.toThrow(/not on the public internet/);
    },
  );
});

describe('what a trusted registry sends us to', () => {
  const sendTo = (location: string) =>
    stub.on(/v2/, (_request, response) => response.writeHead(307, { location }).end());

  it.each([
    ['another port of it', () => `http://${stub.host.split(':')[0]}:${portOf(other)}/`],
    ['another private host', () => `http://${other.host}/`],
    ['another private host by TLS', () => `https://${other.host}/`],
    ['a private host by its name', () => `https://elsewhere.lan:${portOf(other)}/`],
    ['what clouds tell machines', () => 'https://169.254.169.254/latest/meta-data'],
  ])('is not followed to %s', async (_name, where) => {
    names.set('elsewhere.lan', '127.0.0.2');
    sendTo(where());
    await expect(get(stub.host)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(
        /^The registry 127\.0\.0\.1:\d+ sends us to .*, which is not on the public internet\. Add its network to CATALYST_REGISTRY_NETWORKS on this node\.$/,
      ),
    });
    expect(other.connectionCount).toBe(0);
  });

  it('is followed within it', async () => {
    stub.put('moved', 'content');
    stub.on(/game/, (_request, response) => response.writeHead(307, { location: '/v2/moved' }).end());
    const answer = await get(stub.host);
    expect(answer.url.pathname).toBe('/v2/moved');
    answer.dismiss();
  });

  it('is followed into a network that an admin allows, without the secrets', async () => {
    transport.close();
    transport = new RegistryTransport({ allowedNetworks: ['127.0.0.2/32'] });
    sendTo(`http://${other.host}/v2/game`);
    (await get(stub.host)).dismiss();
    expect(other.requests).toEqual([{ path: '/v2/game' }]);
  });
});
