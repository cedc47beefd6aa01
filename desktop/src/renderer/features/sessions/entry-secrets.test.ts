import { expect, it, vi } from 'vitest';

vi.stubGlobal('location', { pathname: '/panel/reset', search: '', hash: '#secret' });
const addresses: unknown[] = [];
vi.stubGlobal('history', { replaceState: (...args: unknown[]) => addresses.push(args[2]) });
const { entrySecrets, entrySecretsOf } = await import('./entry-secrets.ts');

it('takes the token out of the address before anything else sees it', () => {
  expect(entrySecrets.linkToken).toBe('secret');
  expect(addresses).toEqual(['/panel/reset']);
});

it.each([
  ['/register', '', '#abc', { linkToken: 'abc', callback: null }],
  ['/folder/verify/', '', '#abc', { linkToken: 'abc', callback: null }],
  ['/register', '', '', { linkToken: null, callback: null }],
  ['/servers', '?code=1', '#abc', { linkToken: null, callback: null }],
  ['/sign-in/callback', '?code=1&state=2', '', { linkToken: null, callback: '?code=1&state=2' }],
  ['/sign-in', '?next=/nodes', '', { linkToken: null, callback: null }],
])('finds what %s%s%s carries', (pathname, search, hash, secrets) =>
  expect(entrySecretsOf({ pathname, search, hash })).toEqual(secrets),
);
