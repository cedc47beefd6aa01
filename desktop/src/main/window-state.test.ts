import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openingBounds, readWindowState, writeWindowState } from './window-state.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1040 };
const left = { x: -1280, y: 0, width: 1280, height: 1024 };
const at = (x: number, y: number, width = 1000, height = 700) => ({
  bounds: { x, y, width, height },
  isMaximized: false,
});

describe('where the window opens', () => {
  it('has a usual size the first time', () => {
    expect(openingBounds(undefined, [screen])).toEqual({ width: 1280, height: 840 });
  });

  it.each([
    ['on the screen', at(100, 50), [screen]],
    ['on a second screen', at(-900, 50), [screen, left]],
    ['partly off to the right', at(1800, 50), [screen]],
  ])('is where it was: %s', (_name, saved, screens) => {
    expect(openingBounds(saved, screens)).toEqual(saved.bounds);
  });

  it.each([
    ['its screen is gone', at(-980, 50), [screen]],
    ['its title bar is above the screen', at(100, -200), [screen]],
    ['it is below the screen', at(100, 1035), [screen]],
    ['there is no screen', at(100, 50), []],
  ])('keeps only its size when %s', (_name, saved, screens) => {
    expect(openingBounds(saved, screens)).toEqual({ width: 1000, height: 700 });
  });

  it('is never too small to use', () => {
    expect(openingBounds(at(0, 0, 10, 10), [screen])).toEqual({ x: 0, y: 0, width: 380, height: 480 });
  });
});

describe('what is remembered', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'window-state-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is read back', () => {
    const path = join(folder, 'window.json');
    writeWindowState(path, at(1, 2));
    expect(readWindowState(path)).toEqual(at(1, 2));
    expect(readdirSync(folder)).toEqual(['window.json']);
  });

  it.each(['', '{', '[]', '{"bounds":{"x":1e999}}', '{"bounds":{"x":0,"y":0,"width":-1,"height":5}}'])(
    'is forgotten when the file holds %j',
    (text) => {
      const path = join(folder, 'window.json');
      writeFileSync(path, text);
      expect(readWindowState(path)).toBeUndefined();
      expect(readWindowState(join(folder, 'absent.json'))).toBeUndefined();
    },
  );
});
