import { describe, expect, it } from 'vitest';
import type { ConfigEdit } from './config-edit.ts';
import type { RewriteJob } from './rewrite-config.ts';
import { Rewriter } from './rewriter.ts';

const edit = (place: string, value: string): ConfigEdit => ({ place, value, conditions: null });
const job = (parser: RewriteJob['parser'], text: string | Buffer, edits = [edit('a', '1')]): RewriteJob => ({
  ...{ parser, edits },
  bytes: typeof text === 'string' ? Buffer.from(text) : text,
});
async function rewritten(parser: RewriteJob['parser'], bytes: Buffer, ...edits: ConfigEdit[]) {
  await using rewriter = new Rewriter();
  const result = await rewriter.rewrite(job(parser, bytes, edits));
  return 'unreadable' in result ? result.unreadable : result.bytes && Buffer.from(result.bytes);
}

describe('what is too much for a parser', () => {
  it('is given up after some time, and the next file is read again', async () => {
    await using rewriter = new Rewriter({ patienceMs: 5000 });
    const endless: ConfigEdit = {
      ...{ place: 'a', value: null },
      conditions: [{ ifValue: 'regex:^(a+)+$', value: 'x' }],
    };
    const slow = job('properties', `a=${'a'.repeat(60)}b\n`, [endless]);
    expect(await rewriter.rewrite(slow)).toEqual({ unreadable: 'Reading it takes too long.' });
    expect(await rewriter.rewrite(job('yaml', 'a: 2\n'))).toMatchObject({ skipped: [] });
  });

  it('is given up when it needs too much memory', async () => {
    await using rewriter = new Rewriter({ patienceMs: 60_000, memoryMb: 24 });
    const text = '- [a, b, c, d]\n'.repeat(100_000);
    expect(await rewriter.rewrite(job('yaml', text))).toEqual({
      unreadable: 'Reading it takes too much memory.',
    });
  });

  it('is no more waited for when the start is called off', async () => {
    await using rewriter = new Rewriter();
    const stop = new AbortController();
    const waiting = rewriter.rewrite(job('xml', '<a/>'), stop.signal);
    stop.abort(new Error('called off'));
    await expect(waiting).rejects.toThrow('called off');
  });

  it.each([
    ['yaml', `${'['.repeat(100_000)}`],
    ['json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['toml', `a = ${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['xml', `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`],
  ] as const)('is told of a file that is nested too deeply: %s', async (parser, text) => {
    expect(await rewritten(parser, Buffer.from(text), edit('a.b', '1'))).toMatch(
      /nested too deeply|It is not/,
    );
  });
});

describe('the bytes of a file', () => {
  it('keep their byte order mark', async () => {
    const mark = Buffer.from([0xef, 0xbb, 0xbf]);
    expect(await rewritten('json', Buffer.concat([mark, Buffer.from('{"a":1}')]), edit('a', '2'))).toEqual(
      Buffer.concat([mark, Buffer.from('{"a":2}')]),
    );
    const sixteen = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(await rewritten('ini', sixteen('[s]\r\na=ü\r\n'), edit('s.a', 'ö'))).toEqual(
      sixteen('[s]\r\na = ö\r\n'),
    );
  });

  it('stay the same where they are no UTF-8', async () => {
    const bytes = Buffer.from('# \xfc\xff\na=1\n', 'latin1');
    expect(await rewritten('ini', bytes, edit('a', '2'))).toEqual(
      Buffer.from('# \xfc\xff\na = 2\n', 'latin1'),
    );
    expect(await rewritten('ini', bytes, edit('a', '🎮'))).toMatch(/not UTF-8/);
  });

  it('may be those of no text at all', async () => {
    for (const parser of ['file', 'properties', 'ini', 'json', 'yaml', 'xml', 'toml'] as const) {
      const bytes = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256));
      await expect(rewritten(parser, bytes, edit('a', '2'))).resolves.toBeDefined();
    }
  });
});
