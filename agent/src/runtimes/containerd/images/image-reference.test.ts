import { describe, expect, it } from 'vitest';
import { apiHost, parseImageName, trustIn } from './image-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('names of images', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine:latest', 'latest'],
    ['alpine:3.20', 'docker.io/library/alpine:3.20', '3.20'],
    ['library/alpine', 'docker.io/library/alpine:latest', 'latest'],
    ['docker.io/alpine', 'docker.io/library/alpine:latest', 'latest'],
    ['index.docker.io/library/alpine', 'docker.io/library/alpine:latest', 'latest'],
    ['registry-1.docker.io/itzg/minecraft-server', 'docker.io/itzg/minecraft-server:latest', 'latest'],
    ['itzg/minecraft-server:java21', 'docker.io/itzg/minecraft-server:java21', 'java21'],
    ['ghcr.io/a/b/c:1', 'ghcr.io/a/b/c:1', '1'],
    ['GHCR.io/a/b:1', 'ghcr.io/a/b:1', '1'],
    ['localhost/a', 'localhost/a:latest', 'latest'],
    ['localhost:5000/a:b', 'localhost:5000/a:b', 'b'],
    ['127.0.0.1:5000/a', '127.0.0.1:5000/a:latest', 'latest'],
    ['registry:5000/a', 'registry:5000/a:latest', 'latest'],
    ['registry:80/a', 'registry:80/a:latest', 'latest'],
    ['registry.example.com:443/a', 'registry.example.com:443/a:latest', 'latest'],
    [`alpine@${digest}`, `docker.io/library/alpine@${digest}`, digest],
    [`alpine:3@${digest}`, `docker.io/library/alpine:3@${digest}`, digest],
    ['localhost2/a', 'docker.io/localhost2/a:latest', 'latest'],
    ['a__b/c--d.e_f', 'docker.io/a__b/c--d.e_f:latest', 'latest'],
  ])('reads %s as %s', (text, reference, version) => {
    const name = parseImageName(text);
    expect(name.reference).toBe(reference);
    expect(name.version).toBe(version);
    expect(parseImageName(name.reference)).toEqual(name);
  });

  it.each([
    [''],
    ['/'],
    ['a/'],
    ['/a'],
    ['a//b'],
    ['a:'],
    [':a'],
    ['a:b:c'],
    ['a:b/c:d/e'],
    ['../a'],
    ['a/../b'],
    ['a/./b'],
    ['ghcr.io/..'],
    ['ghcr.io/a/../../v2/b'],
    ['ghcr.io/a%2f..'],
    ['ghcr.io/a?b'],
    ['ghcr.io/a#b'],
    ['ghcr.io\\a/b'],
    ['user@ghcr.io/a'],
    ['user:password@ghcr.io/a'],
    ['https://ghcr.io/a'],
    ['ghcr.io:port/a'],
    ['ghcr.io:99999/a'],
    ['ghcr.io:05000/a'],
    ['ghcr.io:/a'],
    ['ghcr.io./a'],
    ['.ghcr.io/a'],
    ['-ghcr.io/a'],
    ['[::1]:5000/a'],
    ['0x7f.1/a'],
    ['127.1:5000/a'],
    ['2130706433:5000/a'],
    ['017700000001:80/a'],
    ['ghcr.io/A'],
    ['Alpine'],
    ['a b'],
    ['a\nb'],
    ['ghcr.io/a\r\nHost: evil'],
    ['аlpine'],
    ['_a'],
    ['a..b'],
    ['a.'],
    [`a:${'t'.repeat(129)}`],
    [`a@sha256:${'a'.repeat(63)}`],
    [`a@sha256:${'A'.repeat(64)}`],
    [`a@sha512:${'a'.repeat(128)}`],
    [`a@${digest}@${digest}`],
    ['a@'],
    [`${'a/'.repeat(200)}a`],
    ['a'.repeat(501)],
    [`ghcr.io/${'a'.repeat(300)}`],
  ])('refuses %j', (text) => {
    expect(() => parseImageName(text)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it('reads a long hostile name in no time', () => {
    const start = performance.now();
    for (const text of [`${'a-'.repeat(249)}`, `a${'_'.repeat(490)}`, `${'a.'.repeat(240)}:1/x`]) {
      expect(() => parseImageName(text)).toThrow();
    }
    expect(performance.now() - start).toBeLessThan(200);
  });

  it("knows where the API of Docker's registry is", () => {
    expect(apiHost('docker.io')).toBe('registry-1.docker.io');
    expect(apiHost('ghcr.io')).toBe('ghcr.io');
  });
});

describe('trust in registries', () => {
  const trusted = (host: string) => ({
    host,
    plainHttp: false,
    login: { username: 'me', password: 'secret' },
  });
  const others = [trusted('quay.io'), trusted('evil.example.com')];

  it.each([
    ['ghcr.io/a', 'ghcr.io'],
    ['ghcr.io/a', 'GHCR.IO'],
    ['ghcr.io/a', 'https://ghcr.io'],
    ['ghcr.io/a', 'https://ghcr.io/v2/'],
    ['localhost:5000/a', 'localhost:5000'],
    ['alpine', 'docker.io'],
    ['alpine', 'index.docker.io'],
    ['alpine', 'https://index.docker.io/v1/'],
    ['index.docker.io/a/b', 'docker.io'],
  ])('goes for %s when it is in %s', (text, host) => {
    const { registry } = parseImageName(text);
    expect(trustIn(registry, [...others, trusted(host)])).toEqual(trusted(host));
    expect(trustIn(registry, others)).toBeNull();
  });

  it.each([
    ['registry.example.com.evil.test/a', 'registry.example.com'],
    ['registry.example.co/a', 'registry.example.com'],
    ['evil-registry.example.com/a', 'registry.example.com'],
    ['a.registry.example.com/a', 'registry.example.com'],
    ['example.com/a', 'registry.example.com'],
    ['registry.example.com:5000/a', 'registry.example.com'],
    ['registry.example.com/a', 'registry.example.com:5000'],
    ['evil.test/registry.example.com/a', 'registry.example.com'],
    ['registry.example.com/a', 'registry.example.com/other'],
    ['registry.example.com/a', 'http://registry.example.com'],
    ['docker.io.evil.test/library/a', 'docker.io'],
    ['ghcr.io/a', ''],
  ])('does not go for %s when it is in %s', (text, host) => {
    expect(trustIn(parseImageName(text).registry, [...others, trusted(host)])).toBeNull();
  });
});
