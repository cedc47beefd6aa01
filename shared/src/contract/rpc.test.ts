import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { AppError } from './errors.ts';
import { answerCalls, call, listen } from './rpc.ts';

const calls = {
  double: {
    summary: '',
    input: z.strictObject({ n: z.int() }),
    output: z.object({ n: z.int() }),
    timeoutMs: 50,
  },
};
const events = { said: { summary: '', payload: z.strictObject({ text: z.string() }) } };

/** Two ends, each hearing what the other emits. */
function pair() {
  const left = new EventEmitter();
  const right = new EventEmitter();
  const end = (own: EventEmitter, other: EventEmitter) => ({
    on: own.on.bind(own),
    off: own.off.bind(own),
    emit: (name: string, ...args: unknown[]) => other.emit(name, ...args),
    own,
  });
  return { asker: end(left, right), answerer: end(right, left) };
}

it('asks and answers, validating both ways', async () => {
  const { asker, answerer } = pair();
  answerCalls(answerer, calls, { double: ({ n }) => ({ n: n * 2 }) });
  expect(await call(asker, calls, 'double', { n: 21 })).toEqual({ n: 42 });
  await expect(call(asker, calls, 'double', { n: 'x' } as never)).rejects.toMatchObject({
    code: 'invalid_input',
  });
});

it('carries an error with its code, and a bug as internal without its words', async () => {
  const { asker, answerer } = pair();
  const onBug = vi.fn();
  const thrown = [new AppError('port_taken', 'Port 1 is taken'), new Error('secret detail')];
  answerCalls(
    answerer,
    calls,
    {
      double: () => {
        throw thrown.shift();
      },
    },
    { onBug },
  );
  await expect(call(asker, calls, 'double', { n: 1 })).rejects.toMatchObject({
    code: 'port_taken',
    message: 'Port 1 is taken',
  });
  const bug = await call(asker, calls, 'double', { n: 1 }).catch((error) => error);
  expect(bug.code).toBe('internal');
  expect(bug.message).not.toContain('secret');
  expect(onBug).toHaveBeenCalledOnce();
});

it('gives up after its time, and at once when the connection ends', async () => {
  const { asker } = pair();
  await expect(call(asker, calls, 'double', { n: 1 })).rejects.toMatchObject({ code: 'timeout' });
  const waiting = call(asker, calls, 'double', { n: 1 }, { timeoutMs: 60_000 });
  asker.own.emit('disconnect');
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  expect(asker.own.listenerCount('disconnect')).toBe(0);
});

it('refuses an answer of the wrong shape', async () => {
  const { asker, answerer } = pair();
  answerer.on('double', (_input: unknown, acknowledge: (answer: unknown) => void) =>
    acknowledge({ value: { n: 'x' } }),
  );
  await expect(call(asker, calls, 'double', { n: 1 })).rejects.toBeInstanceOf(AppError);
});

it.each(['{"__proto__":{"x":1},"n":1}', '{"n":1,"constructor":{}}', '{"n":{"prototype":1}}'])(
  'refuses the poisoned frame %s',
  async (frame) => {
    const { asker, answerer } = pair();
    const handler = vi.fn();
    answerCalls(answerer, calls, { double: handler });
    await expect(call(asker, calls, 'double', JSON.parse(frame))).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(handler).not.toHaveBeenCalled();
    expect(({} as { x?: number }).x).toBeUndefined();
  },
);

it('hears announcements, tells of invalid ones, and can stop', () => {
  const { asker, answerer } = pair();
  const said = vi.fn();
  const onInvalid = vi.fn();
  const stop = listen(asker, events, { said }, onInvalid);
  answerer.emit('said', { text: 'hello' });
  answerer.emit('said', { text: 5 });
  stop();
  answerer.emit('said', { text: 'too late' });
  expect(said.mock.calls).toEqual([[{ text: 'hello' }]]);
  expect(onInvalid).toHaveBeenCalledOnce();
});

it('runs what comes before and after each call, refused ones included', async () => {
  const { asker, answerer } = pair();
  const outcomes: (string | undefined)[] = [];
  answerCalls(
    answerer,
    calls,
    { double: ({ n }) => ({ n }) },
    {
      before: (_name, _call, input) => {
        if ((input as { n: number }).n < 0) throw new AppError('forbidden', 'No');
      },
      after: (_name, _call, _input, error) => void outcomes.push(error?.code),
    },
  );
  await call(asker, calls, 'double', { n: 1 });
  await call(asker, calls, 'double', { n: -1 }).catch(() => {});
  expect(outcomes).toEqual([undefined, 'forbidden']);
});
