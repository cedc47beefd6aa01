import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileTask } from '@catalyst/shared/features/archives-link';
import { expect, it, vi } from 'vitest';
import { describeUnless, noPosix } from '../../testing/describe-unless.ts';
import { newId } from '../../testing/ids.ts';
import { fakeSpec } from '../../testing/server-specs.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { codeOfCall, linkedServer, toBase64 } from '../calls/testing/linked-server.ts';
import { openServerDirectory } from '../server-directory.ts';
import { openFileTasks } from './file-tasks.ts';

const script = fileURLToPath(new URL('./testing/unpacks-for-ever.ts', import.meta.url));
const log = { error: vi.fn(), warn: vi.fn() };

async function serverWithWorld() {
  const spec = fakeSpec(['say ready']);
  const { panel, root } = await linkedServer(spec);
  mkdirSync(join(root, 'world'));
  writeFileSync(join(root, 'world', 'a'), 'content of a');
  const { serverId } = spec;
  const compress = (more: object = {}) =>
    panel.fake.call('archives:compress', {
      ...{ serverId, taskId: newId(), pathBase64: '', namesBase64: [toBase64('world')] },
      ...{ toBase64: toBase64('world.tar.gz'), format: 'tar.gz', ...more },
    } as never);
  const decompress = (path: string, to: string) =>
    panel.fake.call('archives:decompress', {
      ...{ serverId, taskId: newId(), pathBase64: toBase64(path), toBase64: toBase64(to) },
    });
  const told = (id: string) => panel.fake.events('file_task_progress').filter((task) => task.id === id);
  const ended = (id: string) =>
    vi.waitFor(
      () => {
        const task = told(id).at(-1) as FileTask;
        expect(['succeeded', 'failed', 'cancelled']).toContain(task?.status);
        return task;
      },
      { timeout: 20_000, interval: 10 },
    );
  /** Of which nothing can be packed within the time of a test. */
  const addHugeFile = () => {
    writeFileSync(join(root, 'world', 'huge'), '');
    truncateSync(join(root, 'world', 'huge'), 2 ** 37);
  };
  return { spec, panel, root, compress, decompress, told, ended, addHugeFile };
}

describeUnless(noPosix, 'what is packed and unpacked', () => {
  it('is answered at once, told as it goes on, and listed', async () => {
    const { spec, panel, root, compress, decompress, told, ended } = await serverWithWorld();
    const { task } = await compress();
    expect(['waiting', 'running']).toContain(task.status);
    expect(await ended(task.id)).toMatchObject({
      status: 'succeeded',
      doneBytes: 12,
      totalBytes: 12,
      doneEntries: 1,
    });
    expect(told(task.id)[0]?.status).toBe('waiting');
    const second = await decompress('world.tar.gz', 'copy');
    await ended(second.task.id);
    expect(readFileSync(join(root, 'copy', 'world', 'a'), 'utf8')).toBe('content of a');
    const { tasks } = await panel.fake.call('archives:tasks', { serverId: spec.serverId });
    expect(tasks.map(({ kind, status }) => [kind, status])).toEqual([
      ['compress', 'succeeded'],
      ['decompress', 'succeeded'],
    ]);
  });

  it('that goes wrong says why', async () => {
    const { compress, decompress, ended } = await serverWithWorld();
    const first = await compress();
    await ended(first.task.id);
    const second = await compress();
    expect(await ended(second.task.id)).toMatchObject({ status: 'failed', error: { code: 'conflict' } });
    const third = await decompress('world/a', '');
    expect(await ended(third.task.id)).toMatchObject({ status: 'failed', error: { code: 'invalid_input' } });
  });

  it('is stopped when it is cancelled, and leaves nothing', async () => {
    const { spec, panel, root, compress, told, ended, addHugeFile } = await serverWithWorld();
    addHugeFile();
    const { task } = await compress({ format: 'tar.zst' });
    await vi.waitFor(() => expect(told(task.id).at(-1)?.doneBytes).toBeGreaterThan(0), { timeout: 10_000 });
    expect(told(task.id).at(-1)).toMatchObject({ status: 'running', totalBytes: 2 ** 37 + 12 });
    await panel.fake.call('archives:cancel', { serverId: spec.serverId, taskId: task.id });
    expect((await ended(task.id)).status).toBe('cancelled');
    expect(readdirSync(root)).toEqual(['world']);
    const other = { serverId: spec.serverId, taskId: newId() };
    expect(await codeOfCall(panel.fake.call('archives:cancel', other))).toBe('not_found');
  });

  it('is stopped when the server is suspended, and refused from then on', async () => {
    const { spec, panel, root, compress, decompress, told, ended, addHugeFile } = await serverWithWorld();
    addHugeFile();
    const { task } = await compress({ format: 'tar.zst' });
    await vi.waitFor(() => expect(told(task.id).at(-1)?.doneBytes).toBeGreaterThan(0), { timeout: 10_000 });
    await panel.fake.call('server:apply', { spec: { ...spec, revision: 2, suspended: true } });
    expect((await ended(task.id)).status).toBe('cancelled');
    expect(readdirSync(root)).toEqual(['world']);
    expect(await codeOfCall(compress())).toBe('suspended');
    expect(await codeOfCall(decompress('world/a', ''))).toBe('suspended');
  });

  it('waits for others: two at a time, and four of one server', async () => {
    const { spec, panel, compress, told, ended, addHugeFile } = await serverWithWorld();
    addHugeFile();
    const begun: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      begun.push((await compress({ format: 'tar', toBase64: toBase64(name) })).task.id);
    }
    const { serverId } = spec;
    await vi.waitFor(() => expect(told(begun[1] as string).at(-1)?.status).toBe('running'));
    const { tasks } = await panel.fake.call('archives:tasks', { serverId });
    expect(tasks.map(({ status }) => status)).toEqual(['running', 'running', 'waiting', 'waiting']);
    expect(await codeOfCall(compress({ toBase64: toBase64('e') }))).toBe('limit_reached');
    for (const taskId of begun) await panel.fake.call('archives:cancel', { serverId, taskId });
    for (const id of begun) expect((await ended(id)).status).toBe('cancelled');
  });

  it('is sent as a stream, and what is wrong is told before it begins', async () => {
    const { spec, panel } = await serverWithWorld();
    const { serverId } = spec;
    const send = (name: string, ticket: string) =>
      panel.fake.call('archives:send', {
        ...{ serverId, pathBase64: '', namesBase64: [toBase64(name)], format: 'tar' },
        ticket: panel.ticket(ticket),
      });
    await send('world', 'one');
    expect(await panel.delivered('one')).toContain('content of a');
    expect(await codeOfCall(send('gone', 'two'))).toBe('not_found');
    expect(await codeOfCall(send('..', 'three'))).toBe('bad_request');
  });

  it('when the agent ended is told by the next one as failed', async () => {
    const path = join(temporaryFolder(), 'file-tasks.json');
    const tasks = await openFileTasks(path, log);
    const wanted = { id: newId(), serverId: newId(), kind: 'compress' } as const;
    const never = (_report: unknown, signal: AbortSignal) =>
      new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    tasks.start(wanted, () => null, never);
    await tasks.close();
    const next = await openFileTasks(path, log);
    expect(next.listOf(wanted.serverId)).toMatchObject([
      { ...wanted, status: 'failed', error: { code: 'unavailable' } },
    ]);
    await next.close();
    expect((await openFileTasks(path, log)).listOf(wanted.serverId)).toEqual([]);
  });

  it('when the agent is killed leaves all or nothing, and what is hidden is removed', {
    timeout: 60_000,
  }, async () => {
    const root = join(mkdtempSync(join(tmpdir(), 'catalyst-unpack-')), 'server');
    mkdirSync(root);
    for (let round = 0; round < 6; round += 1) {
      const child = spawn(process.execPath, [script, root], { stdio: ['ignore', 'pipe', 'inherit'] });
      const closed = once(child, 'close');
      // It says a letter at each entry; another one of them is the last each time.
      let said = 0;
      child.stdout.on('data', (data: Buffer) => {
        said += data.length;
        if (said > 1 + round * 40) child.kill('SIGKILL');
      });
      await closed;
      await using directory = await openServerDirectory(root);
      await directory.removeLeftovers();
      for (const name of readdirSync(root).filter((name) => name.startsWith('copy'))) {
        expect(readdirSync(join(root, name, 'world'))).toHaveLength(50);
      }
      expect(readdirSync(root).filter((name) => name.startsWith('.catalyst'))).toEqual([]);
    }
  });
});
