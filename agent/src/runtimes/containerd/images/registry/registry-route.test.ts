import { describe, expect, it } from 'vitest';
import { redirection, routeTo } from './registry-route.ts';

const trusted = (host: string, plainHttp: boolean) => ({ host, plainHttp, login: null });

describe('the way to a registry', () => {
  it.each([
    ['registry-1.docker.io', 'https'],
    ['registry.example.com:5000', 'https'],
    ['192.168.1.1:5000', 'https'],
    ['localhost.example.com', 'https'],
    ['127.0.0.1.example.com', 'https'],
    ['localhost:5000', 'http'],
    ['127.0.0.1:5000', 'http'],
  ])('to %s is by %s', (host, scheme) => {
    expect(routeTo(host, host, null).origin.href).toBe(`${scheme}://${host}/`);
    expect(routeTo(host, host, trusted(host, false)).origin.href).toBe(`${scheme}://${host}/`);
  });

  it('is without TLS where an admin says so', () => {
    const host = 'registry.lan:5000';
    expect(routeTo(host, host, trusted(host, true)).origin.href).toBe('http://registry.lan:5000/');
  });
});

describe('a redirection', () => {
  const host = 'registry.lan:5000';
  const plain = routeTo(host, host, trusted(host, true));
  const secure = routeTo(host, host, trusted(host, false));

  it.each([
    [plain, 'http://registry.lan:5000/elsewhere'],
    [plain, 'https://storage.example.com/blob'],
    [plain, 'http://127.0.0.1:5000/'],
    [secure, 'https://registry.lan:5001/'],
  ])('from $host to %s is followed', (route, location) => {
    expect(redirection(location, route.origin, route).href).toBe(location);
  });

  it.each([
    [plain, 'http://registry.lan:5001/'],
    [plain, 'http://registry.lan/'],
    [plain, 'http://registry.lan.example.com:5000/'],
    [secure, 'http://registry.lan:5000/'],
    [secure, 'http://127.0.0.1:5000/'],
    [secure, 'https://me:secret@registry.lan:5000/'],
  ])('from $host to %s is not', (route, location) => {
    expect(() => redirection(location, route.origin, route)).toThrow(/not safe/);
  });
});
