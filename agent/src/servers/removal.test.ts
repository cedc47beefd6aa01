import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunFolder } from '../runtimes/run-folder.ts';
import { newId } from '../testing/ids.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';

const forever = ['say ready', 'wait 60000'];

describe('removing', () => {
  it('ends the game and leaves nothing', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(['say ready']));
    const operationId = await test.order(id, 'remove');
    await test.done(operationId);
    expect(() => test.supervisor.get(id)).toThrow(expect.objectContaining({ code: 'not_found' }));
    for (const path of [test.folder.server(id), `${test.folder.history}/${id}`, `${test.folder.run}/${id}`]) {
      expect(existsSync(path), path).toBe(false);
    }
    // Remembered until the panel knows, also by the next agent process.
    const later = await test.restarted();
    expect(later.supervisor.snapshot()).toEqual([]);
    expect(later.supervisor.unreportedOperations().map(({ operation }) => operation.id)).toContain(
      operationId,
    );
    for (const { operation } of later.supervisor.unreportedOperations()) {
      await later.supervisor.operationReported(id, operation.id);
    }
    expect(existsSync(`${test.folder.state}/server-${id}.json`)).toBe(false);
  });

  it('is not kept by a game that has made its output terabytes long', async (context) => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(forever));
    const { run } = test.supervisor.get(id).parts.file.record;
    try {
      truncateSync(new RunFolder(test.folder.run, id, run?.startId ?? '').stdout, 15e12);
    } catch {
      context.skip('this file system has no files so long');
    }
    await test.done(test.order(id, 'kill'));
    await test.done(test.order(id, 'start'));
    await test.done(test.order(id, 'remove'));
    expect(existsSync(`${test.folder.run}/${id}`)).toBe(false);
  });

  it('while it is starting ends the start', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say not yet']));
    const start = test.order(id, 'start');
    await test.done(test.order(id, 'remove'));
    await test.done(start, 'conflict');
    expect(existsSync(test.folder.server(id))).toBe(false);
  });

  it.each([
    ['a link', (path: string, elsewhere: string) => symlinkSync(elsewhere, path)],
    ['a dangling link', (path: string) => symlinkSync(`${path}-nowhere`, path)],
    ['a file', (path: string) => writeFileSync(path, 'no folder')],
    ['another folder', (path: string) => mkdirSync(path)],
  ])('takes %s in the place of its folder away, and never what is elsewhere', async (_what, replace) => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(['say ready']));
    const path = test.folder.server(id);
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, 'kept'), '');
    renameSync(path, join(elsewhere, 'moved'));
    replace(path, elsewhere);
    await test.done(test.order(id, 'remove'));
    expect(() => lstatSync(path)).toThrow('ENOENT');
    expect(readdirSync(elsewhere).sort()).toEqual(['kept', 'moved']);
  });

  it('moves the files to those that are kept when told so, and wipes them when asked', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(forever));
    writeFileSync(join(test.folder.server(id), 'world.dat'), 'x'.repeat(5000));
    const keepAs = { name: 'Old world', template: 'Test game' };
    await test.done(test.order(id, 'remove', { wipe: false, keepAs }));
    expect(existsSync(test.folder.server(id))).toBe(false);
    expect(existsSync(`${test.folder.history}/${id}`)).toBe(false);
    expect(test.supervisor.snapshot()).toEqual([]);
    const { kept } = test.supervisor;
    const [item] = await kept.list();
    expect(item).toMatchObject({ serverId: id, ...keepAs, keptAt: expect.any(Number) });
    expect(item?.sizeBytes).toBeGreaterThanOrEqual(5000);
    expect(readFileSync(join(test.folder.kept, id, 'files', 'world.dat'), 'utf8')).toHaveLength(5000);
    await expect(kept.wipe(newId())).rejects.toMatchObject({ code: 'not_found' });
    expect(await kept.wipe(id)).toBe('Old world');
    expect(await kept.list()).toEqual([]);
    expect(existsSync(join(test.folder.kept, id))).toBe(false);
  });

  it('keeps no link that stands in the place of the folder, and touches nothing behind it', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(forever));
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, 'foreign'), '');
    renameSync(test.folder.server(id), join(elsewhere, 'moved'));
    symlinkSync(elsewhere, test.folder.server(id));
    await test.done(test.order(id, 'remove', { wipe: false }));
    expect(() => lstatSync(test.folder.server(id))).toThrow('ENOENT');
    expect(await test.supervisor.kept.list()).toEqual([]);
    expect(readdirSync(elsewhere).sort()).toEqual(['foreign', 'moved']);
  });
});

describe('suspending', () => {
  it('stops the server and refuses everything until it ends', async () => {
    const test = await TestSupervisor.open();
    const spec = fakeSpec(['say ready']);
    const id = await test.run(spec);
    await test.supervisor.apply({ ...spec, revision: 2, suspended: true });
    await test.reaches(id, 'suspended');
    expect(test.supervisor.get(id).running).toBeNull();
    const refusal = { code: 'suspended' };
    for (const action of ['start', 'install'] as const)
      await expect(test.order(id, action)).rejects.toMatchObject(refusal);
    await expect(test.supervisor.get(id).input(newId(), 'hello')).rejects.toMatchObject({
      code: 'suspended',
    });
    await test.supervisor.apply({ ...spec, revision: 3, suspended: false });
    await test.done(test.order(id, 'start'));
  });

  it('leaves a server stopped when it is lifted before the game has ended', async () => {
    const test = await TestSupervisor.open();
    const spec = fakeSpec(['say ready', 'be-deaf'], {
      stop: { kind: 'command', command: 'stop', timeoutSeconds: 1 },
    });
    const id = await test.run(spec);
    await test.supervisor.apply({ ...spec, revision: 2, suspended: true });
    await test.reaches(id, 'stopping');
    await test.supervisor.apply({ ...spec, revision: 3, suspended: false });
    await test.reaches(id, 'stopped');
    await test.done(test.order(id, 'start'));
  });
});
