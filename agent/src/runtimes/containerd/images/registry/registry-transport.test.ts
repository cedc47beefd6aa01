import { afterEach, expect, it } from 'vitest';
import { RegistryTransport } from './registry-transport.ts';
import { StubRegistry } from './stub-registry.ts';

const transport = new RegistryTransport({
  allowedNetworks: ['127.0.0.0/8'],
  insecureRegistries: ['registry.lan:5000'],
  stallTimeoutMs: 1000,
});
afterEach(() => transport.close());

it.each([
  ['registry-1.docker.io', 'https'],
  ['registry.example.com:5000', 'https'],
  ['192.168.1.1:5000', 'https'],
  ['localhost.example.com', 'https'],
  ['127.0.0.1.example.com', 'https'],
  ['registry.lan', 'https'],
  ['registry.lan:5000', 'http'],
  ['localhost:5000', 'http'],
  ['127.0.0.1:5000', 'http'],
])('speaks to %s by %s', (host, scheme) => {
  expect(transport.origin(host)).toBe(`${scheme}://${host}`);
});

it('does not fall back to speaking without TLS', async () => {
  await using stub = await StubRegistry.start();
  const url = new URL(`https://${stub.host}/v2/`);
  const failed = transport.get(url, {}, 'Basic secret', new AbortController().signal);
  await expect(failed).rejects.toMatchObject({ code: 'unavailable' });
  expect(stub.requests).toEqual([]);
});
