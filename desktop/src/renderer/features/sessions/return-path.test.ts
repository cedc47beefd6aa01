import { expect, it } from 'vitest';
import { safeReturnPath, signInPath } from './return-path.ts';

const origin = 'https://panel.example:8443';

it.each([
  ['/nodes', '/nodes'],
  ['/servers/1?tab=a#b', '/servers/1?tab=a#b'],
])('goes back to %s', (wanted, path) => expect(safeReturnPath(wanted, origin)).toBe(path));

it.each([
  null,
  '',
  'nodes',
  'https://evil.example/',
  '//evil.example/x',
  '/\\evil.example/x',
  '\\\\evil.example',
  '/\t/evil.example',
  'javascript:alert(1)',
  '/sign-in?next=/nodes',
  '/setup',
])('goes to the servers instead of %j', (wanted) => expect(safeReturnPath(wanted, origin)).toBe('/servers'));

it('keeps the path it came from, but not the obvious one', () => {
  expect(signInPath({ pathname: '/nodes', search: '?a=1', hash: '#x' })).toBe(
    '/sign-in?next=%2Fnodes%3Fa%3D1%23x',
  );
  expect(signInPath({ pathname: '/servers', search: '', hash: '' })).toBe('/sign-in');
});
