import { expect, it } from 'vitest';
import { setupCodeOf } from './setup-code.ts';

it.each([
  ['/', '#setup=AB12-CD34', 'AB12-CD34'],
  ['/sign-in', '#setup=AB%2B12', 'AB+12'],
  ['/setup', '#AB12', 'AB12'],
  ['/folder/setup/', '#setup=AB12', 'AB12'],
  ['/setup', '#code=AB12', 'AB12'],
  ['/setup', '#%zz', '%zz'],
  ['/setup', '', null],
  ['/servers', '#AB12', null],
  ['/setup', '#other=1', null],
])('finds the code of %s%s', (pathname, hash, code) => expect(setupCodeOf({ pathname, hash })).toBe(code));
