import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { notLinux } from '../testing/describe-unless.ts';
import { endLeftPrograms } from './left-programs.ts';

it('ends programs of a name and value, and no others', async ({ skip }) => {
  if (notLinux) skip(notLinux);
  const start = (value: string) => spawn('/bin/sleep', ['60'], { env: { CATALYST_TEST_LEFT: value } });
  const [left, other] = [start('mine'), start('mine too')];
  await Promise.all([once(left, 'spawn'), once(other, 'spawn')]);
  const ended = once(left, 'exit');
  expect(await endLeftPrograms('CATALYST_TEST_LEFT=mine')).toBe(true);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(other.exitCode ?? other.signalCode).toBe(null);
  other.kill('SIGKILL');
  expect(await endLeftPrograms('CATALYST_TEST_LEFT=mine')).toBe(true);
});
