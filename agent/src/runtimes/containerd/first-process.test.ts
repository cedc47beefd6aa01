import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identify, type ProcessIdentity } from '@catalyst/shared/node/process-identity';
import { expect, onTestFinished, test } from 'vitest';
import { describeUnless, notLinux } from '../../testing/describe-unless.ts';
import { hasInput, hasNotBegun, signalFirstProcess } from './first-process.ts';

describeUnless(notLinux, 'the first process of a container', () => {
  async function shell(script: string) {
    const child = spawn('/bin/sh', ['-c', `${script}; echo ready; read line; read line`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    return { child, main: identify(child.pid ?? 0) as ProcessIdentity };
  }

  test('gets a signal that it handles, and is killed by one that the kernel would keep from it', async () => {
    const handled = await shell("trap 'exit 3' TERM");
    expect(signalFirstProcess(handled.main, 'SIGTERM')).toBe(false);
    expect(await once(handled.child, 'exit')).toEqual([3, null]);
    const unhandled = await shell(':');
    expect(signalFirstProcess(unhandled.main, 'SIGTERM')).toBe(true);
    expect(await once(unhandled.child, 'exit')).toEqual([null, 'SIGKILL']);
  });

  test('is left alone by a signal that it ignores', async () => {
    const { main } = await shell("trap '' TERM");
    expect(signalFirstProcess(main, 'SIGTERM')).toBe(false);
    expect(hasInput(main)).toBe(true);
    expect(hasNotBegun(main)).toBe(false);
  });

  test('is seen to have closed its input', async () => {
    const child = spawn('/bin/sh', ['-c', 'exec 0<&-; echo ready; exec sleep 60'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    expect(hasInput(identify(child.pid ?? 0) as ProcessIdentity)).toBe(false);
  });

  test('that is gone is no trouble', () => {
    const gone = { pid: 4_194_303, startTime: '1' };
    expect(signalFirstProcess(gone, 'SIGTERM')).toBe(false);
    expect(hasInput(gone)).toBe(false);
    expect(hasNotBegun(gone)).toBe(false);
  });
});
