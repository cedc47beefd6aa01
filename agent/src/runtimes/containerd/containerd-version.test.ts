import { expect, it } from 'vitest';
import { isSupportedContainerd } from './containerd-version.ts';

it.each([
  ['1.6.20~ds1', true],
  ['v1.7.24', true],
  ['1.7.0-rc.1', true],
  ['1.10.0', true],
  ['2.0.0', true],
  ['2.1.9', true],
  ['v2.3.4+unknown', true],
  ['1.5.18', false],
  ['1.4.13~ds1', false],
  ['0.2.9', false],
  ['3.0.0', false],
  ['20.10.5', false],
  ['', false],
  ['nonsense', false],
])('containerd %s: %s', (version, isSupported) => {
  expect(isSupportedContainerd(version)).toBe(isSupported);
});
