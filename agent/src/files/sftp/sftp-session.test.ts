import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import { statusAnswer } from '@catalyst/shared/node/sftp/answers';
import {
  attributesField,
  bytesField,
  FieldReader,
  uint8,
  uint32,
  uint64,
} from '@catalyst/shared/node/sftp/fields';
import { frameOf, keepAlive, lengthBytes } from '@catalyst/shared/node/sftp/frames';
import { mostHandles, openFlag, packetType, statusCode } from '@catalyst/shared/node/sftp/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../logger.ts';
import { describeUnless, noPosix } from '../../testing/describe-unless.ts';
import { Quota } from '../quota.ts';
import { openServerDirectory } from '../server-directory.ts';
import { makeSandbox, openDescriptors } from '../testing/sandbox.ts';
import { serveSftp } from './sftp-session.ts';

const { ok, endOfFile, noSuchFile, permissionDenied, failure, unsupported } = statusCode;
const { read, write, append, create, truncate, exclusive } = openFlag;

/** A session on a folder between canaries, a request at a time. */
async function openSession({ limitBytes = Number.POSITIVE_INFINITY } = {}) {
  const sandbox = makeSandbox();
  const directory = await openServerDirectory(sandbox.root, { quota: new Quota(limitBytes) });
  const server = { isSuspended: false };
  const open = async () => {
    if (server.isSuspended) throw new AppError('suspended', 'This server is suspended');
    return directory;
  };
  const requests = new PassThrough();
  const answers = serveSftp(requests, { open, log: createLogger('silent') });
  onTestFinished(async () => {
    requests.destroy();
    await answers.return();
    await directory.close();
    sandbox.assertUntouched();
    sandbox[Symbol.dispose]();
  });
  const exchange = async (frame: Buffer): Promise<Buffer> => {
    requests.write(frame);
    return (await answers.next()).value as Buffer;
  };
  const ask = (type: number, ...fields: Buffer[]) => exchange(frameOf(uint8(type), uint32(1), ...fields));
  /** The code of a status; the handle, data or name that came instead. */
  const told = (answer: Buffer): number | Buffer => {
    const fields = new FieldReader(answer, lengthBytes);
    const type = fields.uint8();
    fields.uint32();
    if (type === packetType.status) return fields.uint32();
    if (type === packetType.name) fields.uint32();
    return type === packetType.attributes ? answer : fields.bytes();
  };
  const outcome = async (type: number, ...fields: Buffer[]) => told(await ask(type, ...fields));
  const openFile = (path: string, flags: number, mode = attributesField({})) =>
    outcome(packetType.open, text(path), uint32(flags), mode);
  await exchange(frameOf(uint8(packetType.init), uint32(3)));
  return { sandbox, directory, server, requests, answers, exchange, ask, told, outcome, openFile };
}

const text = (value: string) => bytesField(Buffer.from(value));
const handleField = (handle: number | Buffer) => bytesField(handle as Buffer);
const writeAt = (handle: number | Buffer, offset: number, content: string) =>
  [handleField(handle), uint64(offset), text(content)] as const;

describeUnless(noPosix, 'a session of SFTP', () => {
  it('writes where it is told to, as the flags say', async () => {
    const { sandbox, outcome, openFile } = await openSession();
    const file = join(sandbox.root, 'a');
    writeFileSync(file, 'a longer text');
    const kept = await openFile('a', write | create);
    expect(await outcome(packetType.write, ...writeAt(kept, 0, 'A'))).toBe(ok);
    expect(readFileSync(file, 'utf8')).toBe('A longer text');
    const cut = await openFile('a', write | create | truncate);
    expect(await outcome(packetType.write, ...writeAt(cut, 0, 'short'))).toBe(ok);
    const added = await openFile('a', write | append);
    expect(await outcome(packetType.write, ...writeAt(added, 0, '+'))).toBe(ok);
    expect(readFileSync(file, 'utf8')).toBe('short+');
    expect(await openFile('a', write | create | exclusive)).toBe(failure);
    expect(await openFile('none', write)).toBe(noSuchFile);
    expect(await openFile('a', create)).toBe(failure);
    const both = await openFile('new', read | write | create, attributesField({ permissions: 0o106777 }));
    expect(await outcome(packetType.write, ...writeAt(both, 0, 'both'))).toBe(ok);
    expect(await outcome(packetType.read, handleField(both), uint64(1), uint32(2))).toEqual(
      Buffer.from('ot'),
    );
    expect(await outcome(packetType.read, handleField(both), uint64(4), uint32(2))).toBe(endOfFile);
    expect(statSync(join(sandbox.root, 'new')).mode & 0o7777).toBe(0o755);
    expect(await outcome(packetType.read, handleField(kept), uint64(0), uint32(2))).toBe(permissionDenied);
  });

  it('takes pieces out of order, and leaves no holes', async () => {
    const { sandbox, outcome, openFile } = await openSession();
    const file = await openFile('pieces', write | create);
    expect(await outcome(packetType.write, ...writeAt(file, 6, 'world'))).toBe(ok);
    expect(await outcome(packetType.write, ...writeAt(file, 0, 'hello '))).toBe(ok);
    expect(readFileSync(join(sandbox.root, 'pieces'), 'utf8')).toBe('hello world');
    for (const far of [9 * 1024 * 1024, 2 ** 40, 2 ** 62]) {
      expect(await outcome(packetType.write, ...writeAt(file, far, 'x'))).toBe(failure);
      const grown = attributesField({ sizeBytes: far });
      expect(await outcome(packetType.setstat, text('pieces'), grown)).toBe(failure);
      expect(await outcome(packetType.fsetstat, handleField(file), grown)).toBe(failure);
    }
    expect(
      await outcome(packetType.fsetstat, handleField(file), attributesField({ sizeBytes: 20_000 })),
    ).toBe(ok);
    const { size, blocks } = statSync(join(sandbox.root, 'pieces'));
    expect(size).toBe(20_000);
    expect(blocks * 512).toBeGreaterThanOrEqual(20_000);
  });

  it('keeps to the quota, gaps included', async () => {
    const { outcome, openFile, directory } = await openSession({ limitBytes: 100_000 });
    const file = await openFile('full', write | create);
    expect(await outcome(packetType.write, ...writeAt(file, 200_000, 'x'))).toBe(failure);
    expect(await outcome(packetType.write, ...writeAt(file, 0, 'x'.repeat(90_000)))).toBe(ok);
    expect(await outcome(packetType.write, ...writeAt(file, 90_000, 'x'.repeat(20_000)))).toBe(failure);
    expect(directory.quota.usedBytes).toBeLessThanOrEqual(100_000);
    expect(await outcome(packetType.remove, text('full'))).toBe(ok);
    expect(directory.quota.usedBytes).toBe(0);
  });

  it('leads nowhere outside, by no path and no link', async () => {
    const { sandbox, outcome, openFile } = await openSession();
    symlinkSync(sandbox.canary, join(sandbox.root, 'out'));
    symlinkSync('../canary/secret', join(sandbox.root, 'secret'));
    for (const path of ['out/secret', 'secret', '/out/x']) {
      expect(await openFile(path, read)).toBe(failure);
      expect(await openFile(path, write | create | truncate)).toBe(failure);
      expect(await outcome(packetType.setstat, text(path), attributesField({ permissions: 0o777 }))).toBe(
        failure,
      );
    }
    for (const path of ['../canary/secret', '/../../canary/secret', '..', '../a1_evil/x']) {
      // To a client the folder is all there is: nothing is above it.
      expect([noSuchFile, failure]).toContain(await openFile(path, read));
    }
    expect(await outcome(packetType.realpath, text('../../x/./y/..//z'))).toEqual(Buffer.from('/x/z'));
    expect(await outcome(packetType.opendir, text('out'))).toBe(failure);
    expect(await outcome(packetType.mkdir, text('out/new'), attributesField({}))).toBe(failure);
    expect(await outcome(packetType.remove, text('out/x'))).toBe(failure);
    expect(await outcome(packetType.rename, text('out/x'), text('x'))).toBe(failure);
    expect(await outcome(packetType.symlink, text('../canary'), text('link'))).toBe(failure);
    expect(await outcome(packetType.remove, text('out'))).toBe(ok);
    for (const path of ['', '/', '.', 'x/..']) {
      expect(await outcome(packetType.rmdir, text(path))).toBe(failure);
      expect(await outcome(packetType.remove, text(path))).toBe(failure);
    }
  });

  it('deletes what it is told to and nothing below it', async () => {
    const { sandbox, outcome } = await openSession();
    mkdirSync(join(sandbox.root, 'folder'));
    writeFileSync(join(sandbox.root, 'folder', 'file'), 'x');
    expect(await outcome(packetType.remove, text('folder'))).toBe(failure);
    expect(await outcome(packetType.rmdir, text('folder'))).toBe(failure);
    expect(await outcome(packetType.rmdir, text('folder/file'))).toBe(failure);
    expect(await outcome(packetType.remove, text('folder/file'))).toBe(ok);
    expect(await outcome(packetType.rmdir, text('folder'))).toBe(ok);
  });

  it('renames as each kind of renaming does', async () => {
    const { sandbox, outcome } = await openSession();
    for (const name of ['a', 'b']) writeFileSync(join(sandbox.root, name), name);
    expect(await outcome(packetType.rename, text('a'), text('b'))).toBe(failure);
    const posix = [text('posix-rename@openssh.com'), text('a'), text('b')];
    expect(await outcome(packetType.extended, ...posix)).toBe(ok);
    expect(readFileSync(join(sandbox.root, 'b'), 'utf8')).toBe('a');
    const hard = [text('hardlink@openssh.com'), text('b'), text('c')];
    expect(await outcome(packetType.extended, ...hard)).toBe(unsupported);
  });

  it('answers in order, refusals of the panel in their turn, and signs of life', async () => {
    const { exchange, ask, openFile } = await openSession();
    expect(await exchange(keepAlive)).toEqual(keepAlive);
    const refusal = statusAnswer(99, permissionDenied, 'no');
    expect(await exchange(refusal)).toEqual(refusal);
    const file = await openFile('order', read | write | create);
    const answered = await Promise.all([
      ask(packetType.write, ...writeAt(file, 0, 'one')),
      ask(packetType.read, handleField(file), uint64(0), uint32(10)),
      ask(packetType.write, ...writeAt(file, 3, 'two')),
      ask(packetType.read, handleField(file), uint64(0), uint32(10)),
    ]);
    expect(answered[1]?.toString('latin1')).toMatch(/one$/);
    expect(answered[3]?.toString('latin1')).toMatch(/onetwo$/);
  });

  it('holds no more open than it may, and nothing when it is over', async () => {
    const before = openDescriptors();
    const { requests, answers, outcome, openFile, directory } = await openSession();
    const handles: (number | Buffer)[] = [];
    for (let count = 0; count < mostHandles; count++)
      handles.push(await openFile(`f${count}`, write | create));
    expect(handles.every((handle) => Buffer.isBuffer(handle))).toBe(true);
    expect(await openFile('more', write | create)).toBe(failure);
    expect(await outcome(packetType.opendir, text('/'))).toBe(failure);
    expect(await outcome(packetType.close, handleField(handles[0] as Buffer))).toBe(ok);
    expect(await outcome(packetType.close, handleField(handles[0] as Buffer))).toBe(failure);
    const folder = await outcome(packetType.opendir, text('/'));
    await outcome(packetType.readdir, handleField(folder));
    requests.end();
    expect((await answers.next()).done).toBe(true);
    // What a listing holds would keep the folder from being closed.
    await directory.close();
    expect(openDescriptors()).toEqual(before);
  });

  it('does nothing more once the server is suspended, with what is open neither', async () => {
    const { sandbox, server, outcome, openFile } = await openSession();
    const file = await openFile('a', read | write | create);
    await outcome(packetType.write, ...writeAt(file, 0, 'before'));
    server.isSuspended = true;
    expect(await outcome(packetType.write, ...writeAt(file, 0, 'after!'))).toBe(permissionDenied);
    expect(await outcome(packetType.read, handleField(file), uint64(0), uint32(9))).toBe(permissionDenied);
    expect(readFileSync(join(sandbox.root, 'a'), 'utf8')).toBe('before');
  });

  it('ends with nonsense', async () => {
    const { requests, answers } = await openSession();
    requests.write(frameOf(uint8(packetType.read), uint32(1), uint32(4000)));
    await expect(answers.next()).rejects.toThrow('ends in the middle of a field');
  });
});
