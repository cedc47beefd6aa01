import { describe, expect, it } from 'vitest';
import { isInside, nameKey, pathFields, pathKey, readPath, shownPath, targetFields } from './file-path.ts';

const latin1 = { text: 'caf\uFFFD', base64: 'Y2Fm6Q==' };

describe('paths of names in UTF-8', () => {
  const path = [{ text: 'worlds' }, { text: 'Ä b%.txt' }];
  it('are text', () => {
    expect(pathFields(path)).toEqual({ path: 'worlds/Ä b%.txt' });
    expect(targetFields(path)).toEqual({ to: 'worlds/Ä b%.txt' });
    expect(readPath({ path: 'worlds/Ä b%.txt' })).toEqual(path);
  });
  it('may have slashes too many in an address', () => {
    expect(readPath({ path: '/worlds//nether/' })).toEqual([{ text: 'worlds' }, { text: 'nether' }]);
  });
});

describe('paths of other names', () => {
  const path = [{ text: 'ä' }, latin1, { text: 'x' }];
  it('are bytes, and come back as they were', () => {
    const fields = pathFields(path);
    expect(fields).toEqual({ pathBase64: 'w6QvY2Fm6S94' });
    expect(targetFields(path)).toEqual({ toBase64: 'w6QvY2Fm6S94' });
    expect(readPath(fields)).toEqual(path);
  });
  it('are told from names that only look alike', () => {
    expect(nameKey(latin1)).not.toBe(nameKey({ text: latin1.text }));
    expect(pathKey(path)).not.toBe(pathKey([{ text: 'ä' }, { text: latin1.text }, { text: 'x' }]));
    expect(shownPath(path)).toBe('ä/caf\uFFFD/x');
  });
});

it('is the folder of the server for an address without a path, or with one that cannot be read', () => {
  expect([readPath({}), readPath({ path: '' }), readPath({ pathBase64: '%%' })]).toEqual([[], [], []]);
});

it.each([
  ['a/b', 'a', true],
  ['a', 'a', true],
  ['ab', 'a', false],
  ['a', 'a/b', false],
])('knows whether %s is in %s', (path, folder, expected) => {
  expect(isInside(readPath({ path }), readPath({ path: folder }))).toBe(expected);
});
