import { on } from 'node:events';
import type { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import type { ReadEntry } from 'tar';

const maxEntries = 10_000;

/** Something in an archive. Nothing is ever written under its name: it is only a name. */
export interface ArchiveEntry {
  /** Without `.`, `..` or a slash in front. */
  name: string;
  /** Of a file's content. */
  size: number;
  /** Name of the entry that a link stands for; null for a file. */
  linksTo: string | null;
  /** To be read before the next entry is asked for, or not at all. */
  body: AsyncIterable<Buffer>;
}

/** Files and links of a tar archive, packed by gzip or not, one after the other. Throws `invalid_input` if it is none. */
export async function* archiveEntries(
  source: Readable,
  onBytes: (bytes: number) => void,
): AsyncGenerator<ArchiveEntry> {
  // Imports are rare: until the first, the agent does not carry this in its memory.
  const { Parser } = await import('tar/parse');
  const parser = new Parser({ strict: true });
  let current: ReadEntry | null = null;
  let isOver = false;
  const fail = (error: unknown) => {
    if (isOver) return;
    isOver = true;
    parser.emit('failed', error);
    current?.destroy(error);
  };
  parser.on('entry', (entry: ReadEntry) => {
    current = entry;
  });
  parser.on('error', (error: unknown) => fail(unreadable(error)));
  // Errors are told by an event of its own: whoever waits for entries may not be listening when one happens.
  const failed = new Promise<never>((_, reject) => parser.once('failed', reject));
  failed.catch(() => {});
  const entries = on(parser, 'entry', { close: ['end'] });
  feed(source, parser, onBytes).catch(fail);
  try {
    for (let count = 0; ; count++) {
      const next = await Promise.race([entries.next(), failed]);
      if (next.done) return;
      if (count >= maxEntries) throw new AppError('invalid_input', 'The archive holds too many files.');
      const entry: ReadEntry = next.value[0];
      const described = describe(entry);
      if (described) yield described;
      entry.resume();
    }
  } finally {
    isOver = true;
    source.destroy();
    await entries.return?.();
  }
}

type TarParser = InstanceType<typeof import('tar/parse').Parser>;

async function feed(source: Readable, parser: TarParser, onBytes: (bytes: number) => void): Promise<void> {
  for await (const chunk of source) {
    onBytes(chunk.length);
    if (!parser.write(chunk)) await new Promise((resolve) => parser.once('drain', resolve));
  }
  parser.end();
}

function describe(entry: ReadEntry): ArchiveEntry | null {
  const name = plainName(entry.path);
  const body = entry as unknown as AsyncIterable<Buffer>;
  switch (entry.type) {
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
      return { name, size: entry.size, linksTo: null, body };
    case 'Link':
      return { name, size: 0, linksTo: plainName(entry.linkpath ?? ''), body };
    case 'SymbolicLink':
      return { name, size: 0, linksTo: plainName(`${name}/../${entry.linkpath}`), body };
    default:
      return null;
  }
}

/** Where `..` would lead out of the archive it is refused, though nothing could come of it. */
function plainName(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) throw outside(path);
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.join('/');
}

const outside = (path: string) =>
  new AppError('invalid_input', `The archive holds a name that leads out of it: ${path.slice(0, 100)}`);

function unreadable(error: unknown): AppError {
  return new AppError('invalid_input', 'This is not an archive of images, or it is damaged.', {
    cause: error,
  });
}
