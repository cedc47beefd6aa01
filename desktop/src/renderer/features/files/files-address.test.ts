import { expect, it } from 'vitest';
import { fileAddress, folderAddress, pathInAddress } from './files-address.ts';

it.each([
  [[], '/servers/7/files'],
  [[{ text: 'worlds' }, { text: 'a b' }], '/servers/7/files?path=worlds/a%20b'],
  [[{ text: '100% & #1+1' }], '/servers/7/files?path=100%25%20%26%20%231%2B1'],
  [[{ text: 'caf\uFFFD', base64: 'Y2Fm6Q==' }], '/servers/7/files?pathBase64=Y2Fm6Q%3D%3D'],
])('names %j, and finds it again', (path, expected) => {
  const address = folderAddress('7', path);
  expect(address).toBe(expected);
  expect(pathInAddress(new URL(address, 'http://panel').searchParams)).toEqual(path);
});

it('opens a file at an address of its own', () => {
  expect(fileAddress('7', [{ text: 'a.yml' }])).toBe('/servers/7/files/open?path=a.yml');
});
