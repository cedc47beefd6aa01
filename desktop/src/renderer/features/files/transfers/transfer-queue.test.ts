import { describe, expect, it } from 'vitest';
import { type SendTransfer, summaryOf, type Transfer, TransferQueue } from './transfer-queue.ts';

/** Transfers that end when they are told to. */
function startedQueue(names: string[]) {
  let now = 0;
  const queue = new TransferQueue(() => now);
  const sends = new Map<string, { end: (how?: Error) => void; progress: (bytes: number) => void }>();
  const send =
    (name: string): SendTransfer =>
    ({ onProgress, signal }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
        sends.set(name, {
          end: (failure) => (failure ? reject(failure) : resolve('done')),
          progress: onProgress,
        });
      });
  const all = queue.add(names.map((name) => ({ serverId: '1', name, sizeBytes: 100, send: send(name) })));
  return {
    queue,
    all,
    sends,
    states: () => queue.transfers.get().map(({ name, state }) => `${name} ${state}`),
    one: (name: string) => queue.transfers.get().find((transfer) => transfer.name === name) as Transfer,
    wait: (ms: number) => {
      now += ms;
    },
  };
}

it('sends three at once, in the order they came, and tells when all have ended', async () => {
  const { all, sends, states } = startedQueue(['a', 'b', 'c', 'd']);
  expect(states()).toEqual(['a running', 'b running', 'c running', 'd waiting']);
  sends.get('b')?.end();
  await expect.poll(states).toEqual(['a running', 'b done', 'c running', 'd running']);
  for (const name of ['a', 'c', 'd']) sends.get(name)?.end(name === 'c' ? new Error('full') : undefined);
  expect((await all).map(({ state }) => state)).toEqual(['done', 'done', 'failed', 'done']);
});

it('tries again what failed, and keeps what is done', async () => {
  const { queue, all, sends, states, one } = startedQueue(['a', 'b']);
  sends.get('a')?.end(new Error('the node is away'));
  sends.get('b')?.end();
  await all;
  expect(one('a').error).toBeInstanceOf(Error);
  queue.retry(one('b').id);
  queue.retry(one('a').id);
  expect(states()).toEqual(['a running', 'b done']);
  sends.get('a')?.end();
  await expect.poll(states).toEqual(['a done', 'b done']);
  expect(one('a')).toMatchObject({ sentBytes: 100, error: undefined });
});

it('cancels what is being sent and what waits', async () => {
  const { queue, all, states } = startedQueue(['a', 'b', 'c', 'd']);
  queue.cancelAll();
  expect((await all).map(({ state }) => state)).toEqual(Array(4).fill('cancelled'));
  queue.clear();
  expect(states()).toEqual([]);
});

it('gives up what failed when it is taken off the list, and nothing else', async () => {
  const queue = new TransferQueue();
  const discarded: string[] = [];
  const item = (name: string, send: SendTransfer) => ({
    ...{ serverId: '1', name, sizeBytes: 1, send },
    discard: () => discarded.push(name),
  });
  await queue.add([
    item('kept', async () => 'done'),
    item('broken', () => Promise.reject(new Error('full'))),
  ]);
  queue.clear();
  expect(discarded).toEqual(['broken']);
});

it('begins nothing while it is paused', async () => {
  const { queue, sends, states } = startedQueue(['a', 'b', 'c', 'd']);
  queue.pause();
  sends.get('a')?.end();
  await expect.poll(() => states()[0]).toBe('a done');
  expect(states()[3]).toBe('d waiting');
  queue.resume();
  expect(states()[3]).toBe('d running');
});

describe('progress', () => {
  it('has a speed, which is that of the last seconds', () => {
    const { sends, one, wait } = startedQueue(['a']);
    sends.get('a')?.progress(0);
    wait(1000);
    sends.get('a')?.progress(10);
    expect(one('a')).toMatchObject({ sentBytes: 10, bytesPerSecond: 10 });
    for (const bytes of [20, 40, 60, 80]) {
      wait(1000);
      sends.get('a')?.progress(bytes);
    }
    expect(one('a').bytesPerSecond).toBe(20);
  });

  it('of what goes on is no speed, and while it is paused there is none', () => {
    const { queue, sends, one, wait } = startedQueue(['a']);
    wait(1000);
    sends.get('a')?.progress(50);
    expect(one('a')).toMatchObject({ sentBytes: 50, bytesPerSecond: 0 });
    wait(1000);
    sends.get('a')?.progress(60);
    expect(one('a').bytesPerSecond).toBe(10);
    queue.pause();
    expect(one('a')).toMatchObject({ state: 'running', bytesPerSecond: 0 });
    wait(60_000);
    queue.resume();
    sends.get('a')?.progress(60);
    wait(1000);
    sends.get('a')?.progress(80);
    expect(one('a').bytesPerSecond).toBe(20);
  });

  it('is summed up without what was given up', () => {
    const { queue, sends, one, wait } = startedQueue(['a', 'b', 'c']);
    sends.get('a')?.progress(0);
    wait(1000);
    sends.get('a')?.progress(50);
    queue.cancel(one('c').id);
    const cancelled = queue.transfers.get().map((transfer) => ({
      ...transfer,
      ...(transfer.name === 'c' && { state: 'cancelled' as const }),
    }));
    expect(summaryOf(cancelled)).toEqual({
      ...{ total: 3, active: 2, done: 0, failed: 0 },
      ...{ fraction: 0.25, bytesPerSecond: 50, secondsLeft: 3 },
    });
    expect(summaryOf([])).toMatchObject({ fraction: 0, secondsLeft: null });
  });
});
