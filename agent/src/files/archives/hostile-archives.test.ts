import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { AppError } from '@catalyst/shared/contract/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeUnless, noPosix } from '../../testing/describe-unless.ts';
import { Quota } from '../quota.ts';
import { openServerDirectory, type ServerDirectory } from '../server-directory.ts';
import { makeSandbox, type Sandbox, serverUid } from '../testing/sandbox.ts';
import { type MadeEntry, madeTar, packedAs, paxLine } from './testing/made-tar.ts';
import { type MadeZipEntry, madeZip } from './testing/made-zip.ts';

const tarFormats = ['tar', 'tar.gz', 'tar.zst'] as const;
const slips = ['../x', '/x', 'a/../../x', 'a/..', 'C:\\x', 'c:/x', '..\\x', 'a\\..\\..\\x'];
const deepName = `${'d/'.repeat(101)}x`;
const fine = { name: 'fine', content: 'fine' };

let sandbox: Sandbox;
let quota: Quota;
let directory: ServerDirectory;
beforeEach(async () => {
  sandbox = makeSandbox();
  quota = new Quota(64 * 1024 * 1024);
  const owner = serverUid === undefined ? {} : { uid: serverUid, gid: serverUid };
  directory = await openServerDirectory(sandbox.root, { ...owner, quota });
});
afterEach(async () => {
  await directory.close();
  sandbox.assertUntouched();
  sandbox[Symbol.dispose]();
});

/** That nothing is left of it is part of every refusal. */
async function refusalOf(archive: Buffer): Promise<AppError> {
  writeFileSync(join(sandbox.root, 'archive'), archive);
  const usedBytes = quota.usedBytes;
  const refusal = await directory.extractArchive('archive', 'into').then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(AppError);
  expect(readdirSync(sandbox.root)).toEqual(['archive']);
  expect(quota.usedBytes).toBe(usedBytes);
  return refusal as AppError;
}

async function expectRefusal(archive: Buffer, reason: RegExp): Promise<void> {
  const { code, message } = await refusalOf(archive);
  expect(message).toMatch(reason);
  expect(code).toBe('invalid_input');
}

describeUnless(noPosix, 'a hostile archive is refused as a whole, and nothing of it stays', () => {
  const inTar: [string, MadeEntry[], RegExp][] = [
    ...slips.map((name): [string, MadeEntry[], RegExp] => [
      `the name ${name.slice(0, 20)}`,
      [{ name }],
      /refused/,
    ]),
    ['a link that leads out', [{ name: 'l', type: '2', linkName: '../../etc/passwd' }], /out of the server/],
    ['an absolute link', [{ name: 'l', type: '2', linkName: '/etc/passwd' }], /out of the server/],
    [
      'a link that climbs behind another',
      [{ name: 'l', type: '2', linkName: 'a/../../..' }],
      /out of the server/,
    ],
    [
      'a file through a link',
      [
        { name: 'l', type: '2', linkName: 'a' },
        { name: 'l/x', content: 'x' },
      ],
      /no folder in the archive/,
    ],
    ['a file under a file', [fine, { name: 'fine/x' }], /no folder in the archive/],
    ['a folder and a file of one name', [{ name: 'a/', type: '5' }, { name: 'a' }], /twice/],
    ['a name twice', [fine, fine], /"fine" is in the archive twice/],
    ['a hard link out', [{ name: 'h', type: '1', linkName: '../../canary/secret' }], /\.\. in its path/],
    [
      'a hard link to what is not in it',
      [{ name: 'h', type: '1', linkName: 'archive' }],
      /not in the archive/,
    ],
    ['a character device', [{ name: 'd', type: '3' }], /is a device/],
    ['a block device', [{ name: 'd', type: '4' }], /is a device/],
    ['a FIFO', [{ name: 'f', type: '6' }], /is a FIFO/],
    ['a file with holes', [{ name: 's', type: 'S' }], /holes/],
    ['an unknown kind', [{ name: 's', type: '!' }], /not known/],
    ['a name in more than a hundred folders', [longName(deepName), fine], /more than 100 folders/],
    ['a name of 256 bytes', [longName('n'.repeat(256)), fine], /cannot be named so/],
    ['a name of a megabyte', [longName('n'.repeat(1024 * 1024)), fine], /more than 64 KiB/],
    ['a name that is said to have gigabytes', [{ name: 'x', type: 'L', claimedSize: 2 ** 33 }], /64 KiB/],
    ['a size past all numbers', [{ name: 'x', claimedSize: 2 ** 60 }], /damaged|breaks off/],
    ['another path in its pax header', [pax('path', '../x'), fine], /\.\. in its path/],
    ['a NUL in its pax header', [pax('path', 'a\0b'), fine], /NUL/],
    [
      'another link in its pax header',
      [pax('linkpath', '/etc'), { name: 'l', type: '2', linkName: 'a' }],
      /out of/,
    ],
    ['holes told by pax', [pax('GNU.sparse.realsize', '1099511627776'), fine], /holes/],
    [
      'a pax header that lies about itself',
      [{ name: 'p', type: 'x', content: '99 path=a\n' }, fine],
      /damaged/,
    ],
    ['a file longer than the archive', [{ ...fine, claimedSize: 100_000 }], /breaks off/],
  ];

  for (const format of tarFormats) {
    it.each(inTar)(`${format} with %s`, async (_, entries, reason) => {
      await expectRefusal(packedAs(format, madeTar([{ name: 'first', content: 'x' }, ...entries])), reason);
    });

    it(`${format} that breaks off anywhere`, async () => {
      const whole = packedAs(format, madeTar([fine, { name: 'other', content: 'x'.repeat(2000) }]));
      const last = format === 'tar' ? whole.length - 1025 : whole.length - 9;
      for (let length = 20; length < last; length += Math.ceil(whole.length / 12)) {
        expect((await refusalOf(whole.subarray(0, length))).code, String(length)).toBe('invalid_input');
      }
    });

    it(`${format} of more entries than anybody needs`, { timeout: 120_000 }, async () => {
      // A folder may come again and again: only the count ends this.
      const header = madeTar([{ name: 'd/', type: '5' }], { isEnded: false });
      const tar = Buffer.concat(Array.from({ length: 100_001 }, () => header));
      await expectRefusal(packedAs(format, tar), /more than 100000 entries/);
    });
  }

  const inZip: [string, MadeZipEntry[], RegExp][] = [
    ...slips.map((name): [string, MadeZipEntry[], RegExp] => [
      `the name ${name.slice(0, 20)}`,
      [{ name }],
      /refused/,
    ]),
    [
      'a link that leads out',
      [{ name: 'l', mode: 0o120777, content: '../../etc/passwd' }],
      /out of the server/,
    ],
    ['an absolute link', [{ name: 'l', mode: 0o120777, content: '/etc/passwd' }], /out of the server/],
    [
      'a file through a link',
      [{ name: 'l', mode: 0o120777, content: 'a' }, { name: 'l/x' }],
      /no folder in the archive/,
    ],
    ['a link of megabytes', [{ name: 'l', mode: 0o120777, content: 'a'.repeat(5000) }], /overlong/],
    ['a FIFO', [{ name: 'f', mode: 0o010644 }], /device, a FIFO/],
    ['a device', [{ name: 'f', mode: 0o060644 }], /device, a FIFO/],
    ['a name twice', [fine, fine], /twice/],
    ['an encrypted file', [{ ...fine, flags: 1 }], /encrypted/],
    ['an unknown method', [{ ...fine, method: 14 }], /method 14/],
    [
      'a smaller size than it has',
      [{ name: 'x', content: 'x'.repeat(9999), claimedSize: 10 }],
      /another size/,
    ],
    ['a larger size than it has', [{ name: 'x', content: 'x', claimedSize: 1000 }], /another size/],
    [
      'a smaller size of a large file',
      [{ name: 'x', content: 'x'.repeat(9e5), claimedSize: 4e5 }],
      /another size/,
    ],
    ['a wrong sum', [{ ...fine, claimedSum: 1 }], /checksum/],
    ['a wrong sum of a large file', [{ name: 'x', content: 'x'.repeat(9e5), claimedSum: 1 }], /checksum/],
    ['garbage for content', [{ ...fine, raw: Buffer.alloc(100, 0xff) }], /damaged/],
    ['a size of terabytes', [{ name: 'x', content: 'x', claimedSize: 2 ** 32 - 2 }], /far too much/],
    [
      'two entries at one place',
      [
        { ...fine, name: 'a' },
        { ...fine, name: 'b', claimedOffset: 0 },
      ],
      /lies over/,
    ],
    ['a NUL in its name', [{ name: 'a\0b' }], /NUL/],
    ['a name in more than a hundred folders', [{ name: deepName }], /more than 100 folders/],
    ['a name of 256 bytes', [{ name: 'n'.repeat(256) }], /cannot be named so/],
  ];

  it.each(inZip)('zip with %s', async (_, entries, reason) => {
    await expectRefusal(madeZip([{ name: 'first', content: 'x' }, ...entries]), reason);
  });

  it('zip that breaks off anywhere', async () => {
    const whole = madeZip([fine, { name: 'other', content: 'x'.repeat(2000) }]);
    for (let length = 20; length < whole.length; length += 15) {
      expect((await refusalOf(whole.subarray(0, length))).code, String(length)).toBe('invalid_input');
    }
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello '.repeat(200))],
    ['zlib in gzip', gzipSync('no tar')],
    ['random bytes as zstd', Buffer.from('28b52ffd00112233445566', 'hex')],
  ])('%s is no archive', async (_, content) => {
    expect((await refusalOf(content)).code).toBe('invalid_input');
  });

  it.each([
    ['tar.gz', gzipSync],
    ['tar.zst', zstdCompressSync],
  ])('a bomb as %s ends at the quota', { timeout: 60_000 }, async (_, pack) => {
    const bytes = 80 * 1024 * 1024;
    const bomb = pack(madeTar([{ name: 'bomb', content: Buffer.alloc(bytes) }]));
    expect((await refusalOf(bomb)).code).toBe('quota_exceeded');
  });

  it('a bomb ends at a limit of its own where there is no quota', { timeout: 60_000 }, async () => {
    quota.setLimit(Number.POSITIVE_INFINITY);
    const bomb = gzipSync(madeTar([{ name: 'bomb', content: Buffer.alloc(300 * 1024 * 1024) }]));
    const before = process.memoryUsage.rss();
    await expectRefusal(bomb, /unpacks to more than 256 MiB/);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
  });
});

describe('names in an archive', () => {
  it('that are links are never gone through, also when the game puts them in the way', async () => {
    symlinkSync(sandbox.evil, join(sandbox.root, 'into'));
    writeFileSync(join(sandbox.root, 'archive'), madeTar([fine]));
    await expect(directory.extractArchive('archive', 'into')).rejects.toMatchObject({ code: 'bad_request' });
    writeFileSync(join(sandbox.root, 'archive'), madeTar([{ name: 'into/fine', content: 'x' }]));
    for (const ifExists of ['refuse', 'replace'] as const) {
      const extracting = directory.extractArchive('archive', '', { ifExists });
      await expect(extracting).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('into'),
      });
    }
    expect(readdirSync(sandbox.root).sort()).toEqual(['archive', 'into']);
  });
});

function longName(name: string): MadeEntry {
  return { name: '././@LongLink', type: 'L', content: `${name}\0` };
}

function pax(key: string, value: string): MadeEntry {
  return { name: 'pax', type: 'x', content: paxLine(key, value) };
}
