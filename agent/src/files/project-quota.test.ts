import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ProgramFailure, type RunProgram, runProgram } from '../network/run-program.ts';
import { notRoot } from '../testing/describe-unless.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { detectProjectQuota } from './project-quota.ts';

const megabyte = 1024 * 1024;

/** Programs that print what they are told to, and a list of how they were called. */
function fakePrograms(answers: Record<string, string> = {}, missing: readonly string[] = []) {
  const calls: string[][] = [];
  const run: RunProgram = async (program, args) => {
    if (missing.includes(program)) throw new ProgramFailure('not there', { isMissing: true });
    if (args[0] === '-V') throw new ProgramFailure('it prints how it is used');
    calls.push([program, ...args]);
    return answers[program] ?? '';
  };
  return { calls, run };
}

const mounts = (...lines: string[]) => ({
  readMounts: async () => lines.map((line) => `/dev/x ${line} 0 0`).join('\n'),
});

describe('whether the file system limits servers', () => {
  it.each([
    [['/ ext4 rw,relatime,prjquota'], 'Disk limits are enforced by the file system of / (ext4).'],
    [['/ ext4 rw', '/tmp xfs rw,prjquota'], 'Disk limits are enforced by the file system of /tmp (xfs).'],
    [['/tmp xfs rw,pquota', '/tm xfs rw'], 'Disk limits are enforced by the file system of /tmp (xfs).'],
  ])('is seen: %j', async (lines, note) => {
    const { run } = fakePrograms();
    expect(await detectProjectQuota('/tmp', { run, ...mounts(...lines) })).toMatchObject({ note, quota: {} });
  });

  it.each([
    [['/ ext4 rw,usrquota'], '/ (ext4) is mounted without project quotas (option prjquota).'],
    [['/ xfs rw,pqnoenforce'], '/ (xfs) is mounted without project quotas (option prjquota).'],
    [['/ overlay rw'], '/ (overlay) has no project quotas.'],
    [['/tmp ext4 rw,prjquota', '/tmp tmpfs rw'], '/tmp (tmpfs) has no project quotas.'],
    [[], 'only Linux has project quotas.'],
  ])('is not believed: %j', async (lines, why) => {
    const { run } = fakePrograms();
    expect(await detectProjectQuota('/tmp', { run, ...mounts(...lines) })).toEqual({
      quota: null,
      note: `Disk limits are counted, not enforced: ${why}`,
    });
  });

  it('needs the programs that set limits', async () => {
    const { run } = fakePrograms({}, ['setquota']);
    const { quota, note } = await detectProjectQuota('/tmp', { run, ...mounts('/ ext4 prjquota') });
    expect(quota).toBeNull();
    expect(note).toContain('setquota are missing; install quota and e2fsprogs');
  });

  it('is found for folders with blanks in their names', async () => {
    const folder = join(temporaryFolder(), 'game servers');
    mkdirSync(folder);
    const { run } = fakePrograms();
    const place = folder.replaceAll(' ', '\\040');
    const { note } = await detectProjectQuota(folder, {
      run,
      ...mounts('/ overlay rw', `${place} ext4 prjquota`),
    });
    expect(note).toContain(`${folder} (ext4)`);
  });
});

describe('a limit', () => {
  const quotaOn = async (kind: string, run: RunProgram) => {
    const { quota } = await detectProjectQuota('/tmp', { run, ...mounts(`/tmp ${kind} prjquota`) });
    if (!quota) throw new Error('There is no quota');
    return quota;
  };

  it('on ext4 marks a folder once', async () => {
    const fresh = fakePrograms({ lsattr: '    0 --------------e------- /tmp/one\n' });
    await (await quotaOn('ext4', fresh.run)).mark('/tmp/one', 700_001);
    expect(fresh.calls.at(-1)).toEqual(['chattr', '-R', '+P', '-p', '700001', '--', '/tmp/one']);
    const marked = fakePrograms({ lsattr: '700001 --------------e----P-- /tmp/one\n' });
    await (await quotaOn('ext4', marked.run)).mark('/tmp/one', 700_001);
    expect(marked.calls).toEqual([['lsattr', '-pd', '--', '/tmp/one']]);
    const foreign = fakePrograms({ lsattr: '700009 --------------e----P-- /tmp/one\n' });
    await (await quotaOn('ext4', foreign.run)).mark('/tmp/one', 700_001);
    expect(foreign.calls.map(([program]) => program)).toEqual(['lsattr', 'chattr']);
  });

  it('on ext4 is hard, of whole kibibytes, and taken away by zero', async () => {
    const { calls, run } = fakePrograms();
    const quota = await quotaOn('ext4', run);
    await quota.limit(700_001, 5 * megabyte + 17);
    await quota.limit(700_001, 1);
    await quota.limit(700_001, 0);
    expect(calls).toEqual(
      ['5120', '4', '0'].map((amount) => ['setquota', '-P', '700001', '0', amount, '0', '0', '/tmp']),
    );
  });

  it('on xfs marks a folder once, and is set', async () => {
    const { calls, run } = fakePrograms({ xfs_io: 'fsxattr.projid = 0\n' });
    const quota = await quotaOn('xfs', run);
    await quota.mark('/tmp/one', 700_001);
    await quota.limit(700_001, 5 * megabyte);
    expect(calls.slice(1)).toEqual([
      ['xfs_quota', '-x', '-c', 'project -s -p /tmp/one 700001', '/tmp'],
      ['xfs_quota', '-x', '-c', 'limit -p bhard=5120k 700001', '/tmp'],
    ]);
    const marked = fakePrograms({ xfs_io: 'fsxattr.projid = 700001\n' });
    await (await quotaOn('xfs', marked.run)).mark('/tmp/one', 700_001);
    expect(marked.calls).toHaveLength(1);
  });

  it.each(['/tmp/a b', '/tmp/a"b', "/tmp/a'b", '/tmp/a\nlimit'])(
    'on xfs never puts %j into a command',
    async (folder) => {
      const { calls, run } = fakePrograms();
      await expect((await quotaOn('xfs', run)).mark(folder, 700_001)).rejects.toThrow(ProgramFailure);
      expect(calls.map(([program]) => program)).not.toContain('xfs_quota');
    },
  );
});

it('holds a writer on a real file system', async ({ skip }) => {
  skip(notRoot !== null, 'needs root to mount a file system');
  const folder = temporaryFolder();
  const place = join(folder, 'place');
  mkdirSync(place);
  writeFileSync(join(folder, 'image'), '');
  const run = promisify(execFile);
  try {
    await run('truncate', ['-s', '64M', join(folder, 'image')]);
    await run('mkfs.ext4', ['-q', '-O', 'quota,project', '-E', 'quotatype=prjquota', join(folder, 'image')]);
    await run('mount', ['-o', 'loop,prjquota', join(folder, 'image'), place]);
  } catch (error) {
    const [why] = /^mount: .*|^mkfs.*/m.exec(String((error as Error).message)) ?? [String(error)];
    skip(`this machine cannot mount ext4 with project quotas: ${why}`);
  }
  onTestFinished(async () => {
    await run('umount', [place]);
  });
  const { quota, note } = await detectProjectQuota(place, { run: runProgram });
  if (!quota) return skip(note);
  const server = join(place, 'server');
  mkdirSync(server);
  await quota.mark(server, 700_001);
  await quota.limit(700_001, 2 * megabyte);
  writeFileSync(join(server, 'small'), Buffer.alloc(megabyte));
  expect(() => writeFileSync(join(server, 'large'), Buffer.alloc(4 * megabyte))).toThrow(/EDQUOT|ENOSPC/);
  await quota.limit(700_001, 0);
  writeFileSync(join(server, 'large'), Buffer.alloc(4 * megabyte));
});
