import { linkSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, Server } from 'node:net';
import { join } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import { describe, expect, test } from 'vitest';
import { openServerDirectory, type ServerDirectory } from './server-directory.ts';
import type { PathInput } from './server-path.ts';
import {
  collect,
  isRoot,
  makeSandbox,
  openDescriptors,
  run,
  type Sandbox,
  secret,
  serverUid,
} from './testing/sandbox.ts';

const strategies =
  process.platform === 'linux' ? (['descriptors', 'checked_paths'] as const) : (['checked_paths'] as const);

/** Every way in, with one path. Reading ones return what they saw, so that a leak is seen. */
const operations = {
  read: (directory, path) => directory.read(path, 1000),
  stream: async (directory, path) => {
    await using file = await directory.openForReading(path);
    return Buffer.concat(await collect(file.chunks()));
  },
  stat: (directory, path) => directory.stat(path),
  statFollowing: (directory, path) => directory.stat(path, { links: 'follow' }),
  list: (directory, path) => collect(directory.list(path)),
  listPage: (directory, path) => directory.listPage(path, { sortBy: 'size' }),
  measure: (directory, path) => directory.diskUsage(path),
  searchNames: (directory, path) =>
    found((onMatch) => directory.searchNames(path, { name: '*' }, { onMatch })),
  searchContents: (directory, path) =>
    found((onMatch) => directory.searchContents(path, { text: secret.trim() }, { onMatch })),
  write: (directory, path) => directory.write(path, Buffer.from('written')),
  writeStream: (directory, path) => directory.write(path, pieces()),
  append: async (directory, path) => {
    await using file = await directory.openForWriting(path, { ifMissing: 'create' });
    await file.append(Buffer.from('appended'));
  },
  truncate: async (directory, path) => {
    await using file = await directory.openForWriting(path);
    await file.truncate(0);
  },
  putInPlaceFrom: (directory, path) => directory.putInPlace(path, 'put'),
  putInPlaceTo: (directory, path) => directory.putInPlace('plain', path),
  makeFolder: (directory, path) => directory.makeFolder(path),
  makeFolders: (directory, path) => directory.makeFolder(path, { isRecursive: true }),
  delete: (directory, path) => directory.delete(path),
  deleteFile: (directory, path) => directory.deleteFile(path).catch(passIfOfAnotherType),
  deleteEmptyFolder: (directory, path) => directory.deleteEmptyFolder(path).catch(passIfOfAnotherType),
  renameFrom: (directory, path) => directory.rename(path, 'renamed'),
  renameTo: (directory, path) => directory.rename('plain', path, { ifExists: 'replace' }),
  copyFrom: (directory, path) => directory.copy(path, 'copied'),
  copyTo: (directory, path) => directory.copy('plain', path, { ifExists: 'replace' }),
  readLink: (directory, path) => directory.readLink(path),
  makeLink: (directory, path) => directory.makeLink(path, 'plain'),
  makeLinkTo: (directory, path) => directory.makeLink('made', path),
  takeOwnership: (directory, path) => directory.takeOwnership(path),
  takeOwnershipOfAll: (directory, path) => directory.takeOwnership(path, { isRecursive: true }),
  chmod: (directory, path) => directory.chmod(path, 0o777),
  setTimes: (directory, path) => directory.setTimes(path, { modifiedAt: new Date(0) }),
  truncatePath: (directory, path) => directory.truncate(path, 0),
  checksum: (directory, path) => directory.checksum(path, 'sha256'),
} satisfies Record<string, (directory: ServerDirectory, path: PathInput) => Promise<unknown>>;

/** A folder is no file, and what is in it keeps it: that is as good an outcome here as its end. */
function passIfOfAnotherType(error: unknown): void {
  if (error instanceof AppError && ['invalid_input', 'conflict'].includes(error.code)) return;
  throw error;
}

type Operation = keyof typeof operations;
type Outcome = 'ok' | 'bad_request' | 'not_found' | 'conflict' | 'invalid_input' | 'forbidden';

const contents: Operation[] = [
  'read',
  'stream',
  'write',
  'writeStream',
  'putInPlaceFrom',
  'putInPlaceTo',
  'append',
  'truncate',
  'truncatePath',
  'checksum',
];
const folders: Operation[] = ['list', 'listPage', 'searchNames', 'searchContents', 'makeFolders'];
const making: Operation[] = ['makeFolder', 'makeLink'];

interface Kind {
  path: PathInput;
  /** Puts it into the root; a server that it returns is closed after the operation. */
  make?: (root: string, sandbox: Sandbox) => unknown;
  /** By operation; `else` for the rest. */
  outcomes: Partial<Record<Operation, Outcome>> & { else: Outcome };
  needsRoot?: boolean;
}

const all = (operationNames: Operation[], outcome: Outcome) =>
  Object.fromEntries(operationNames.map((name) => [name, outcome])) as Partial<Record<Operation, Outcome>>;

const refused: Kind['outcomes'] = { else: 'bad_request' };
// The link may be looked at, moved and deleted; what it leads to is out of reach.
const linkOutside: Kind['outcomes'] = {
  else: 'ok',
  ...all(
    [...contents, ...folders, 'statFollowing', 'chmod', 'setTimes', 'copyFrom', 'makeLinkTo'],
    'bad_request',
  ),
  ...all(making, 'conflict'),
};
const loop: Kind['outcomes'] = linkOutside;
const missing: Kind['outcomes'] = {
  else: 'not_found',
  ...all(
    [
      ...(['write', 'writeStream', 'putInPlaceTo', 'append'] as const),
      ...([...making, 'makeFolders', 'makeLinkTo', 'renameTo', 'copyTo'] as const),
    ],
    'ok',
  ),
};
const missingBelow: Kind['outcomes'] = { else: 'not_found', makeFolders: 'ok', makeLinkTo: 'ok' };
const special: Kind['outcomes'] = {
  else: 'ok',
  ...all([...contents, ...folders, 'copyFrom', 'readLink'], 'invalid_input'),
  ...all(making, 'conflict'),
};
const regular: Kind['outcomes'] = {
  else: 'ok',
  ...all([...folders, 'readLink'], 'invalid_input'),
  ...all(making, 'conflict'),
};
const deleting: Operation[] = ['deleteFile', 'deleteEmptyFolder'];
const belowFile: Kind['outcomes'] = { else: 'invalid_input', makeLinkTo: 'ok', ...all(deleting, 'ok') };
const folder: Kind['outcomes'] = {
  else: 'ok',
  ...all([...contents, 'readLink'], 'invalid_input'),
  ...all(making, 'conflict'),
  // A file cannot replace a folder.
  ...all(['renameTo', 'copyTo'], 'invalid_input'),
};
const rootItself: Kind['outcomes'] = {
  ...folder,
  ...all(['delete', ...deleting], 'bad_request'),
  renameFrom: 'bad_request',
  ...all(['renameTo', 'copyFrom', 'copyTo'], 'bad_request'),
};
// The link itself can be read and copied.
const throughLink = (outcomes: Kind['outcomes']): Kind['outcomes'] => ({
  ...outcomes,
  ...all(['readLink', 'copyFrom'], 'ok'),
});
// What a link says may have dots and empty names.
const fineInLinks: Kind['outcomes'] = { ...refused, makeLinkTo: 'ok' };

const file = (name: string | Buffer) => (root: string) =>
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]), 'inside');
const link = (name: string, target: string) => (root: string) => symlinkSync(target, join(root, name));

const kinds: Record<string, Kind> = {
  'two dots': { path: '..', outcomes: refused },
  'two dots in the middle': { path: 'a/../../canary/secret', outcomes: refused },
  'the sibling with the same start': { path: '../a1_evil/secret', outcomes: refused },
  'one dot': { path: './plain', outcomes: fineInLinks },
  'an empty name': { path: 'a//b', outcomes: fineInLinks },
  'a host': { path: '//host/share', outcomes: fineInLinks },
  NUL: { path: 'plain\0.txt', outcomes: refused },
  'a name of 256 bytes': { path: 'x'.repeat(256), outcomes: refused },
  'a path of 4,096 bytes': { path: `${'abc/'.repeat(1023)}abcd`, outcomes: refused },
  'a lone surrogate': { path: '\udc00', outcomes: refused },
  'an absolute path': { path: '/etc/passwd', outcomes: missingBelow },
  backslashes: { path: '..\\..\\canary\\secret', outcomes: missing },
  'percent signs': { path: '%2e%2e%2fcanary', outcomes: missing },
  'look-alikes of dots and slashes': { path: '\u2024\u2024\uff0fcanary', outcomes: missing },
  'an overlong slash': { path: Buffer.from([0x2e, 0x2e, 0xc0, 0xaf, 0x78]), outcomes: missing },
  'a name of 255 bytes': { path: 'x'.repeat(255), make: file('x'.repeat(255)), outcomes: regular },
  'invalid UTF-8': {
    path: Buffer.from([0x61, 0xff, 0xfe]),
    make: file(Buffer.from([0x61, 0xff, 0xfe])),
    outcomes: regular,
  },
  'a newline': { path: 'a\nb', make: file('a\nb'), outcomes: regular },
  'below a file': { path: 'plain/x', outcomes: belowFile },
  'the root': { path: '', outcomes: { ...rootItself, makeLinkTo: 'bad_request' } },
  'the root as a slash': { path: '/', outcomes: rootItself },

  'a link out, absolute': {
    path: 'out',
    make: (root, { canary }) => symlinkSync(join(canary, 'secret'), join(root, 'out')),
    outcomes: linkOutside,
  },
  'a link out, relative': { path: 'out', make: link('out', '../canary/secret'), outcomes: linkOutside },
  'a link to the sibling': { path: 'out', make: link('out', '../a1_evil/secret'), outcomes: linkOutside },
  'a link that leaves and comes back': {
    path: 'out',
    make: link('out', '../a1/plain'),
    outcomes: linkOutside,
  },
  'a link to /proc/self/root': {
    path: 'out',
    make: link('out', '/proc/self/root/etc/passwd'),
    outcomes: linkOutside,
  },
  'a folder link out': {
    path: 'out',
    make: (root, { canary }) => symlinkSync(canary, join(root, 'out')),
    outcomes: linkOutside,
  },
  'below a folder link out': { path: 'out/secret', make: link('out', '../canary'), outcomes: refused },
  'below a folder link to the root of all': {
    path: 'out/etc/passwd',
    make: link('out', '/'),
    outcomes: refused,
  },
  'a dangling link out': {
    path: 'out',
    make: (root, { base }) => symlinkSync(join(base, 'new'), join(root, 'out')),
    outcomes: linkOutside,
  },
  'a chain of links out': {
    path: 'one',
    make: (root) => {
      mkdirSync(join(root, 'd'));
      symlinkSync('d/two', join(root, 'one'));
      symlinkSync('three', join(root, 'd', 'two'));
      symlinkSync('../../canary/secret', join(root, 'd', 'three'));
    },
    outcomes: linkOutside,
  },
  'dots through a link': {
    path: 'd/up/canary/secret',
    make: (root) => {
      mkdirSync(join(root, 'd'));
      symlinkSync('../..', join(root, 'd', 'up'));
    },
    outcomes: refused,
  },
  'dots after a link': {
    path: 'trick',
    make: (root) => {
      mkdirSync(join(root, 'a', 'b'), { recursive: true });
      // Two of its dots lead back to the root, since a/b is what they start from; the third leads out.
      symlinkSync('a/b', join(root, 'short'));
      symlinkSync('short/../../../canary/secret', join(root, 'trick'));
    },
    outcomes: linkOutside,
  },
  'a link to itself': { path: 'self', make: link('self', 'self'), outcomes: loop },
  'a loop of links': {
    path: 'a',
    make: (root) => {
      symlinkSync('b', join(root, 'a'));
      symlinkSync('a', join(root, 'b'));
    },
    outcomes: loop,
  },
  'a loop of folder links': { path: 'd/x', make: link('d', 'd/d'), outcomes: refused },
  'links that multiply': {
    path: 'l9/x',
    make: (root) => {
      for (let index = 9; index > 0; index -= 1) {
        symlinkSync(
          Array(8)
            .fill(`l${index - 1}`)
            .join('/../'),
          join(root, `l${index}`),
        );
      }
      mkdirSync(join(root, 'l0'));
    },
    outcomes: refused,
  },
  'a link inside': {
    path: 'in',
    make: (root) => {
      file('real')(root);
      symlinkSync('real', join(root, 'in'));
    },
    outcomes: throughLink(regular),
  },
  'a folder link inside': {
    path: 'in/f',
    make: (root) => {
      mkdirSync(join(root, 'real'));
      file('real/f')(root);
      symlinkSync('./real/.', join(root, 'in'));
    },
    outcomes: regular,
  },
  'a link inside, by two dots': {
    path: 'd/e/up',
    make: (root) => {
      mkdirSync(join(root, 'd', 'e'), { recursive: true });
      symlinkSync('../../plain', join(root, 'd', 'e', 'up'));
    },
    // Moving the file onto a link that leads to it leaves the link's place to the file. From the copy's place it would
    // lead out.
    outcomes: { ...throughLink(regular), copyFrom: 'bad_request' },
  },
  'a dangling link inside': {
    path: 'in',
    make: link('in', 'new'),
    outcomes: {
      ...missing,
      ...all(
        [
          'stat',
          'measure',
          'delete',
          ...deleting,
          'renameFrom',
          'takeOwnership',
          'takeOwnershipOfAll',
          'copyFrom',
          'readLink',
        ],
        'ok',
      ),
      ...all(making, 'conflict'),
    },
  },

  'a FIFO': { path: 'fifo', make: (root) => run('mkfifo', join(root, 'fifo')), outcomes: special },
  'a link to a FIFO': {
    path: 'in',
    make: (root) => {
      run('mkfifo', join(root, 'fifo'));
      symlinkSync('fifo', join(root, 'in'));
    },
    outcomes: throughLink(special),
  },
  'below a FIFO': { path: 'fifo/x', make: (root) => run('mkfifo', join(root, 'fifo')), outcomes: belowFile },
  'a socket': {
    path: 'sock',
    make: async (root) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(join(root, 'sock'), resolve));
      return server;
    },
    outcomes: special,
  },
  'a character device': {
    path: 'dev',
    make: (root) => run('mknod', join(root, 'dev'), 'c', '1', '5'),
    outcomes: special,
    needsRoot: true,
  },
  'a block device': {
    path: 'dev',
    make: (root) => run('mknod', join(root, 'dev'), 'b', '7', '200'),
    outcomes: special,
    needsRoot: true,
  },
  "a hard link to somebody else's file": {
    path: 'hard',
    make: (root, { canary }) => linkSync(join(canary, 'secret'), join(root, 'hard')),
    outcomes: {
      ...regular,
      ...all(
        [...contents, 'chmod', 'setTimes', 'copyFrom', 'takeOwnership', 'takeOwnershipOfAll'],
        'forbidden',
      ),
    },
    needsRoot: true,
  },
  'a link to a hard link to that': {
    path: 'in',
    make: (root, { canary }) => {
      linkSync(join(canary, 'secret'), join(root, 'hard'));
      symlinkSync('hard', join(root, 'in'));
    },
    outcomes: throughLink({ ...regular, ...all([...contents, 'chmod', 'setTimes'], 'forbidden') }),
    needsRoot: true,
  },
  'a plain file': { path: 'plain', outcomes: { ...regular, copyTo: 'bad_request' } },
  'a full folder': {
    path: 'd',
    make: (root) => {
      mkdirSync(join(root, 'd', 'e'), { recursive: true });
      symlinkSync('../../../canary', join(root, 'd', 'e', 'out'));
    },
    outcomes: folder,
  },
};

describe.each(strategies)('held by %s', (strategy) => {
  describe.each(Object.entries(kinds))('%s', (_name, kind) => {
    test.for(Object.keys(operations) as Operation[])('%s', async (operation, { skip }) => {
      skip(kind.needsRoot === true && !isRoot, 'needs root for what belongs to others');
      using sandbox = makeSandbox();
      writeFileSync(join(sandbox.root, 'plain'), 'inside');
      const made = await kind.make?.(sandbox.root, sandbox);
      const untouched = sandbox.watch();
      const descriptors = openDescriptors().length;
      const directory = await openServerDirectory(sandbox.root, { strategy, uid: serverUid, gid: serverUid });
      const startedAt = performance.now();
      const { outcome, seen } = await outcomeOf(operations[operation](directory, kind.path));
      const tookMs = performance.now() - startedAt;
      await directory.close();
      expect(openDescriptors().length).toBe(descriptors);
      if (made instanceof Server) made.close();

      expect(outcome).toBe(kind.outcomes[operation] ?? kind.outcomes.else);
      expect(seen).not.toContain(secret.trim());
      expect(tookMs).toBeLessThan(1000);
      untouched();
      expect(lstatSync(sandbox.root).isDirectory()).toBe(true);
      expect(readdirSync(sandbox.root).filter((entry) => entry.startsWith('.catalyst-'))).toEqual([]);
    });
  });
});

/** What a search tells. */
async function found(search: (onMatch: (match: unknown) => void) => Promise<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  await search((match) => {
    all.push(match);
  });
  return all;
}

async function outcomeOf(result: Promise<unknown>): Promise<{ outcome: string; seen: string }> {
  try {
    const value = await result;
    return { outcome: 'ok', seen: value instanceof Buffer ? value.toString() : JSON.stringify(value ?? '') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { outcome: code, seen: String(error) };
  }
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('writ');
  yield Buffer.from('ten');
}
