import { expect, it, vi } from 'vitest';
import { endBeforeExit, type QuitHost } from './quit-sequence.ts';

function quitting(close: () => Promise<void>) {
  let willQuit: (event: { preventDefault(): void }) => void = () => {};
  const exits: number[] = [];
  const host: QuitHost = {
    on: (_event, listener) => {
      willQuit = listener;
    },
    exit: (code) => exits.push(code),
  };
  endBeforeExit(host, close);
  const preventDefault = vi.fn();
  return { quit: () => willQuit({ preventDefault }), exits, preventDefault };
}

it('holds the exit until everything has ended, once, however often it is asked', async () => {
  const ended = Promise.withResolvers<void>();
  const close = vi.fn(() => ended.promise);
  const app = quitting(close);
  app.quit();
  app.quit();
  expect(app.preventDefault).toHaveBeenCalledTimes(2);
  expect(close).toHaveBeenCalledTimes(1);
  expect(app.exits).toEqual([]);
  ended.resolve();
  await vi.waitFor(() => expect(app.exits).toEqual([0]));
});

it('ends with an error rather than not at all', async () => {
  const complain = vi.spyOn(console, 'error').mockImplementation(() => {});
  const app = quitting(() => Promise.reject(new Error('The disk is full')));
  app.quit();
  await vi.waitFor(() => expect(app.exits).toEqual([1]));
  expect(complain).toHaveBeenCalledWith(new Error('The disk is full'));
  complain.mockRestore();
});
