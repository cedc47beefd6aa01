import {
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ServerConsole } from './server-console.ts';
import { allLines, ConsoleSandbox, texts } from './testing/console-sandbox.ts';

const KiB = 1024;

/** Lines `line 1` to `line <count>`, in records of up to 100. */
async function fill(console: ServerConsole, count: number, tail = ''): Promise<void> {
  for (let first = 1; first <= count; first += 100) {
    const lines = Array.from(
      { length: Math.min(100, count - first + 1) },
      (_, index) => `line ${first + index}${tail}`,
    );
    await console.append('install', lines.join('\n'));
  }
}

function segments(sandbox: ConsoleSandbox): string[] {
  return readdirSync(sandbox.historyFolder())
    .sort()
    .map((name) => join(sandbox.historyFolder(), name));
}

describe('numbers', () => {
  it('start at 1 and go on after a restart', async () => {
    const sandbox = new ConsoleSandbox();
    const first = await sandbox.open();
    expect([first.firstSeq, first.lastSeq]).toEqual([1, 0]);
    expect(await first.append('system', 'Server is starting')).toBe(1);
    expect(await first.append('stdin', 'say hi')).toBe(2);
    await first.close();

    const second = await sandbox.open();
    expect([second.firstSeq, second.lastSeq]).toEqual([1, 2]);
    expect(await second.append('system', 'one\ntwo\nthree')).toBe(5);
    expect((await allLines(second)).map(({ seq, stream, text }) => `${seq} ${stream} ${text}`)).toEqual([
      '1 system Server is starting',
      '2 stdin say hi',
      '3 system one',
      '4 system two',
      '5 system three',
    ]);
  });

  it('answer each of many appends at once with its own', async () => {
    const console = await new ConsoleSandbox().open();
    const numbers = await Promise.all(
      Array.from({ length: 500 }, (_, index) => console.append('stdin', `command ${index}`)),
    );
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    expect(texts(await allLines(console))).toEqual(numbers.map((seq) => `command ${seq - 1}`));
  });

  it('keep an empty line a line', async () => {
    const console = await new ConsoleSandbox().open();
    expect(await console.append('stdin', '')).toBe(1);
    expect(await console.append('system', '\n\n')).toBe(3);
    expect(texts(await allLines(console))).toEqual(['', '', '']);
  });

  it('come out the same wherever a crash tore the last record', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    await console.append('system', 'first');
    const [path] = segments(sandbox) as [string];
    const wholeBytes = statSync(path).size;
    await console.append('system', 'second, torn');
    await console.close();
    const content = readFileSync(path);
    for (let size = wholeBytes; size < content.length; size++) {
      writeFileSync(path, content.subarray(0, size));
      const after = await sandbox.open();
      expect(after.lastSeq).toBe(1);
      expect(await after.append('system', 'second, again')).toBe(2);
      expect(texts(await allLines(after))).toEqual(['first', 'second, again']);
      await after.close();
    }
  });

  it('survive a first record that was torn, and a new file without a whole one', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open({ history: { segmentBytes: 4 * KiB } });
    await fill(console, 1000);
    await console.close();
    const newest = segments(sandbox).at(-1) as string;
    truncateSync(newest, 5);
    const after = await sandbox.open();
    expect(after.lastSeq).toBe(Number(/(\d{16})-\d+\.log$/.exec(newest)?.[1]) - 1);
    expect(texts(await allLines(after)).at(-1)).toBe(`line ${after.lastSeq}`);
  });
});

describe('reading', () => {
  it('pages forwards and backwards over the same lines', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open({ history: { segmentBytes: 8 * KiB } });
    await fill(console, 2345);
    expect(segments(sandbox).length).toBeGreaterThan(2);
    const expected = Array.from({ length: 2345 }, (_, index) => `line ${index + 1}`);

    for (const limit of [1000, 137]) {
      const forwards: string[] = [];
      for (let after = 0, more = true; more; ) {
        const page = await console.read({ after, limit });
        expect(page.lines.length).toBeLessThanOrEqual(limit);
        forwards.push(...texts(page.lines));
        ({ more, nextSeq: after } = page);
      }
      expect(forwards).toEqual(expected);

      const backwards: string[] = [];
      for (let before: number | undefined, more = true; more; ) {
        const page = await console.read({ before, limit });
        backwards.unshift(...texts(page.lines));
        ({ more, nextSeq: before } = page);
      }
      expect(backwards).toEqual(expected);
    }
  });

  it('finds a number anywhere, also after a restart', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    await fill(console, 20_000, ' with some text behind it that makes it longer');
    await console.close();
    const after = await sandbox.open();
    for (const seq of [1, 2, 777, 9999, 10_000, 19_999, 20_000]) {
      const { lines } = await after.read({ after: seq - 1, limit: 1 });
      expect(lines[0]).toMatchObject({ seq, text: expect.stringMatching(`^line ${seq} `) });
    }
  });

  it('answers the newest lines when nothing is asked, and says what there is', async () => {
    const console = await new ConsoleSandbox().open();
    await fill(console, 500);
    const page = await console.read({});
    expect(page).toMatchObject({ firstSeq: 1, lastSeq: 500, more: true, nextSeq: 301 });
    expect(page.lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, index) => 301 + index));
  });

  it('reads between two numbers, and nothing beyond the end', async () => {
    const console = await new ConsoleSandbox().open();
    await fill(console, 50);
    expect(texts((await console.read({ after: 10, before: 13 })).lines)).toEqual(['line 11', 'line 12']);
    expect(await console.read({ after: 50 })).toMatchObject({ lines: [], more: false, nextSeq: 50 });
    expect(await console.read({ after: 5000 })).toMatchObject({ lines: [], more: false, nextSeq: 5000 });
    expect(await console.read({ before: 1 })).toMatchObject({ lines: [], more: false });
    expect(await console.read({ after: 20, before: 10 })).toMatchObject({ lines: [], more: false });
  });

  it('answers an empty history', async () => {
    const console = await new ConsoleSandbox().open();
    expect(await console.read({})).toEqual({ lines: [], firstSeq: 1, lastSeq: 0, more: false, nextSeq: 1 });
    expect(await console.read({ after: 0 })).toMatchObject({ lines: [], more: false, nextSeq: 0 });
  });

  it('filters by stream and by text in whatever case, colours and pattern characters aside', async () => {
    const console = await new ConsoleSandbox().open();
    await console.append('install', 'Fetching\n\x1b[31mERR\x1b[1mOR\x1b[0m: a.b*c\nerror: aXbYc\nDone');
    await console.append('stdin', 'what error?');
    expect(texts((await console.read({ q: 'Error' })).lines)).toHaveLength(3);
    expect(texts((await console.read({ q: 'A.B*C' })).lines)).toEqual(['\x1b[31mERR\x1b[1mOR\x1b[0m: a.b*c']);
    expect(texts((await console.read({ q: 'error', stream: 'stdin' })).lines)).toEqual(['what error?']);
    expect(texts((await console.read({ after: 0, stream: 'install', limit: 2 })).lines)).toHaveLength(2);
    expect((await console.read({ q: '(((' })).lines).toEqual([]);
  });

  it('finds rare lines in a long history in both directions', async () => {
    const console = await new ConsoleSandbox().open();
    await fill(console, 3000);
    await console.append('system', 'needle');
    await fill(console, 9000);
    await console.append('system', 'needle');
    await fill(console, 3000);
    const expected = [3001, 12_002];
    expect((await console.read({ q: 'NEEDLE' })).lines.map(({ seq }) => seq)).toEqual(expected);
    expect((await console.read({ after: 0, q: 'needle' })).lines.map(({ seq }) => seq)).toEqual(expected);
    const last = await console.read({ q: 'needle', limit: 1 });
    expect(last).toMatchObject({ lines: [{ seq: 12_002 }], more: true });
    expect(await console.read({ q: 'needle', limit: 1, before: last.nextSeq })).toMatchObject({
      lines: [{ seq: 3001 }],
    });
  });

  it('lets others run during a search', async () => {
    const console = await new ConsoleSandbox().open();
    await fill(console, 30_000, ' and more text for the search to look at');
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await console.read({ q: 'is not there' });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  it('answers long lines in pages of about a megabyte, none lost', async () => {
    const console = await new ConsoleSandbox().open();
    for (let index = 0; index < 40; index++) await console.append('install', 'x'.repeat(60 * KiB) + index);
    const forwards: number[] = [];
    for (let after = 0, more = true; more; ) {
      const page = await console.read({ after, limit: 1000 });
      expect(page.lines.length).toBeLessThan(20);
      forwards.push(...page.lines.map(({ seq }) => seq));
      ({ more, nextSeq: after } = page);
    }
    const backwards: number[] = [];
    for (let before: number | undefined, more = true; more; ) {
      const page = await console.read({ before, limit: 1000 });
      expect(page.lines.length).toBeLessThan(20);
      backwards.unshift(...page.lines.map(({ seq }) => seq));
      ({ more, nextSeq: before } = page);
    }
    const expected = Array.from({ length: 40 }, (_, index) => index + 1);
    expect([forwards, backwards]).toEqual([expected, expected]);
  });

  it('exports everything as text', async () => {
    const console = await new ConsoleSandbox().open({ history: { segmentBytes: 8 * KiB } });
    await fill(console, 1000);
    await console.append('stdin', '\x1b[32msay\x1b[0m hi');
    let text = '';
    for await (const chunk of console.export()) text += chunk;
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(1001);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \[install\] line 1$/);
    expect(lines[1000]).toMatch(/Z \[stdin\] say hi$/);
  });
});

describe('retention', () => {
  it('keeps to its size and drops the oldest', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open({ history: { maxBytes: 64 * KiB, segmentBytes: 8 * KiB } });
    await fill(console, 10_000);
    const bytes = segments(sandbox).reduce((sum, path) => sum + statSync(path).size, 0);
    expect(bytes).toBeLessThanOrEqual(64 * KiB);
    expect(bytes).toBeGreaterThan(40 * KiB);
    expect(console.lastSeq).toBe(10_000);
    const { lines } = await console.read({ after: 0, limit: 1 });
    expect(lines[0]).toMatchObject({ seq: console.firstSeq, text: `line ${console.firstSeq}` });
    expect((await allLines(console)).length).toBe(10_000 - console.firstSeq + 1);
  });

  it('drops what is too old, but never the newest file', async () => {
    const sandbox = new ConsoleSandbox();
    const now = Date.now();
    const console = await sandbox.open({ history: { segmentBytes: 2 * KiB } });
    await fill(console, 1000);
    await console.close();
    const paths = segments(sandbox);
    expect(paths.length).toBeGreaterThan(3);
    const renamed = paths.map((path) => path.replace(/\d{13}\.log$/, `${now - 30 * 86_400_000}.log`));
    for (const [index, path] of paths.entries()) renameSync(path, renamed[index] as string);

    const after = await sandbox.open();
    expect(segments(sandbox)).toEqual(renamed.slice(-1));
    expect(after.lastSeq).toBe(1000);
    expect(texts(await allLines(after)).at(-1)).toBe('line 1000');
    // A file that has been begun long ago is not written on, so that age can take it.
    await after.append('system', 'new');
    expect(segments(sandbox)).toHaveLength(2);
    expect(await after.append('system', 'newer')).toBe(1002);
    expect(segments(sandbox)).toHaveLength(2);
  });

  it('lets a reader finish what is dropped under its hands', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open({ history: { maxBytes: 64 * KiB, segmentBytes: 8 * KiB } });
    await fill(console, 3000);
    let exported = '';
    for await (const chunk of console.export()) {
      exported += chunk;
      await fill(console, 3000);
    }
    expect(exported).not.toContain('missing');
    expect(sandbox.problems).toEqual([]);
  });
});

describe('damage', () => {
  async function damaged(damage: (paths: string[]) => void) {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open({ history: { segmentBytes: 16 * KiB } });
    await fill(console, 5000);
    await console.close();
    damage(segments(sandbox));
    const after = await sandbox.open({ history: { segmentBytes: 16 * KiB } });
    return { sandbox, console: after, lines: await allLines(after) };
  }

  function expectNotedGaps(lines: { seq: number; text: string }[], lastSeq: number): number {
    let next = 1;
    let missing = 0;
    for (const { seq, text } of lines) {
      expect(seq).toBe(next);
      const [, count] = /^\[(\d+) lines are missing here/.exec(text) ?? [];
      missing += Number(count ?? 0);
      next += Number(count ?? 1);
      if (count === undefined) expect(text).toBe(`line ${seq}`);
    }
    expect(next).toBe(lastSeq + 1);
    return missing;
  }

  it('in the middle of a file costs one record, with a note', async () => {
    const { console, lines } = await damaged((paths) => {
      const path = paths[1] as string;
      const content = readFileSync(path);
      content[8000] = (content[8000] as number) ^ 0xff;
      writeFileSync(path, content);
    });
    expect(console.lastSeq).toBe(5000);
    expect(expectNotedGaps(lines, 5000)).toBe(100);
    expect((await console.read({ limit: 1000, before: 3000 })).lines.length).toBeGreaterThan(800);
  });

  it('of whole files costs those', async () => {
    const { lines } = await damaged((paths) => {
      writeFileSync(paths[0] as string, Buffer.alloc(16 * KiB));
      writeFileSync(paths[2] as string, 'not a history at all');
    });
    expect(expectNotedGaps(lines, 5000)).toBeGreaterThan(1000);
  });

  it('in the newest file does not take what is whole behind it', async () => {
    const { console, lines } = await damaged((paths) => {
      const path = paths.at(-1) as string;
      const content = readFileSync(path);
      content.fill(0x20, 10, 40);
      writeFileSync(path, content);
    });
    expect(console.lastSeq).toBe(5000);
    expect(expectNotedGaps(lines, 5000)).toBe(100);
  });

  it('of every byte in turn never breaks a reader', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    for (const text of ['one', 'two', 'three']) await console.append('system', text);
    await console.close();
    const [path] = segments(sandbox) as [string];
    const content = readFileSync(path);
    for (let index = 0; index < content.length; index++) {
      const broken = Buffer.from(content);
      broken[index] = (broken[index] as number) ^ 0x55;
      writeFileSync(path, broken);
      const after = await sandbox.open();
      const lines = texts(await allLines(after)).filter((text) => !text.includes('missing'));
      expect(lines).toHaveLength(2);
      await after.close();
    }
    expect(sandbox.problems).toEqual([]);
  });

  it('and foreign files in the folder are passed over', async () => {
    const { lines } = await damaged((paths) => {
      writeFileSync(join(paths[0] as string, '..', 'notes.txt'), 'hello');
      utimesSync(paths[0] as string, 0, 0);
    });
    expect(expectNotedGaps(lines, 5000)).toBe(0);
  });
});
