import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeUnless, notLinux } from '../../testing/describe-unless.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { ContainerdClient } from './containerd-client.ts';
import { suiteRuntime } from './testing/containerd-bench.ts';

describeUnless(notLinux, 'a runtime without a containerd that works', () => {
  function runtimeAt(socketPath: string) {
    const client = new ContainerdClient({ socketPath, namespace: 'x' });
    onTestFinished(() => client.close());
    const prefix = `catalyst-nothing-${process.pid}`;
    const runRoot = join(temporaryFolder(), 'run');
    return suiteRuntime(client, { runRoot, prefix, cgroupRoot: '/nowhere' });
  }

  test('says that there is none', async () => {
    const report = await runtimeAt('/nowhere/containerd.sock').detect();
    expect(report).toMatchObject({ name: 'containerd', available: false, version: null });
    expect(report.notes).toEqual([expect.stringContaining('there is no socket at /nowhere/containerd.sock')]);
  });

  test('says so when something else answers', async () => {
    const socketPath = join(temporaryFolder(), 'other.sock');
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => other.listen(socketPath, resolve));
    onTestFinished(() => void other.close());
    const report = await runtimeAt(socketPath).detect();
    expect(report.available).toBe(false);
    expect(report.notes).toEqual([expect.stringContaining('containerd')]);
  });
});
