import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeUnless, noPosix } from '../../testing/describe-unless.ts';
import { FifoInput } from './fifo-input.ts';

describeUnless(noPosix, 'FifoInput', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalyst-fifo-'));
  const path = join(folder, 'in');
  let game: number;
  let input: FifoInput;

  beforeEach(() => {
    execFileSync('mkfifo', [path]);
    game = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    input = new FifoInput(path);
  });
  afterEach(() => {
    input.close();
    closeSync(game);
    rmSync(path, { force: true });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test('delivers in order, and keeps what nobody reads yet', async () => {
    await input.write(Buffer.from('one\n'));
    input.close();
    await new FifoInput(path).write(Buffer.from('two\n'));
    expect(readAll(game)).toBe('one\ntwo\n');
  });

  test('takes 64 KiB and refuses the next line whole', async () => {
    await input.write(Buffer.alloc(65_536, 'a'));
    await expect(input.write(Buffer.from('b\n'))).rejects.toMatchObject({ code: 'rate_limited' });
    expect(readAll(game)).toBe('a'.repeat(65_536));
    await input.write(Buffer.from('c\n'));
    expect(readAll(game)).toBe('c\n');
  });

  test('delivers the rest of a long write when there is room, before anything else', async () => {
    await input.write(Buffer.alloc(40_000, 'a'));
    await input.write(Buffer.alloc(40_000, 'b'));
    await expect(input.write(Buffer.from('c'))).rejects.toMatchObject({ code: 'rate_limited' });
    let text = '';
    await vi.waitFor(() => {
      text += readAll(game);
      expect(text.length).toBe(80_000);
    });
    expect(text).toBe('a'.repeat(40_000) + 'b'.repeat(40_000));
    await input.write(Buffer.from('c'));
    expect(readAll(game)).toBe('c');
  });

  test('refuses what could never fit', async () => {
    await expect(input.write(Buffer.alloc(65_537))).rejects.toMatchObject({ code: 'rate_limited' });
    expect(readAll(game)).toBe('');
  });

  test('knows when nobody can read', async () => {
    closeSync(game);
    await expect(input.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'not_running' });
    rmSync(path);
    await expect(input.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'not_running' });
    game = openSync('/dev/null', 'r');
  });
});

function readAll(descriptor: number): string {
  const chunk = Buffer.alloc(2 ** 17);
  try {
    return chunk.toString('latin1', 0, readSync(descriptor, chunk));
  } catch {
    return '';
  }
}
