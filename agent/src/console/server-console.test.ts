import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  openSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { CUT_MARK } from './cut-lines.ts';
import { allLines, ConsoleSandbox, texts } from './testing/console-sandbox.ts';

const told = (console: { subscribe: (listener: (message: object) => void) => void }) => {
  const lines: { seq: number; stream: string; text: string }[] = [];
  console.subscribe((message) => {
    if ('lines' in message) lines.push(...(message.lines as typeof lines));
  });
  return lines;
};

describe('the output of a start', () => {
  it('is numbered, stored and told as it comes, both files merged by arrival', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    const run = sandbox.run();
    const live = told(console);
    await console.attach(run, 'start');
    appendFileSync(run.stdout, 'first\n');
    await vi.waitFor(() => expect(live).toHaveLength(1));
    appendFileSync(run.stderr, 'a warning\n');
    await vi.waitFor(() => expect(live).toHaveLength(2));
    appendFileSync(run.stdout, 'third\n');
    await vi.waitFor(() => expect(live).toHaveLength(3));
    expect(live.map(({ seq, stream, text }) => [seq, stream, text])).toEqual([
      [1, 'stdout', 'first'],
      [2, 'stderr', 'a warning'],
      [3, 'stdout', 'third'],
    ]);
    expect(await allLines(console)).toEqual(live);
    expect(Math.abs(Date.now() - ((await allLines(console))[0]?.at ?? 0))).toBeLessThan(10_000);
  });

  it('is followed when its files appear late, or one never does', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    const run = sandbox.run();
    rmSync(run.stdout);
    rmSync(run.stderr);
    const live = told(console);
    await console.attach(run, 'start');
    writeFileSync(run.stdout, 'hello\n');
    await vi.waitFor(() => expect(texts(live as never)).toEqual(['hello']));
    await console.drain();
    expect(sandbox.problems).toEqual([]);
  });

  it('is complete after drain, a last line without newline and a split code point included', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    const run = sandbox.run();
    await console.attach(run, 'start');
    writeFileSync(run.stdout, `${'line\n'.repeat(100_000)}bye 🎮`);
    writeFileSync(run.stderr, Buffer.from([0x61, 0xf0, 0x9f]));
    await console.drain();
    const lines = await allLines(console);
    expect(lines).toHaveLength(100_002);
    expect(lines.filter(({ text }) => text === 'bye 🎮')).toHaveLength(1);
    expect(lines.filter(({ text }) => text === 'a\uFFFD')).toMatchObject([{ stream: 'stderr' }]);
    await console.drain();
    expect(console.lastSeq).toBe(100_002);
  });

  it('keeps a code point whole that arrives byte by byte', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    const run = sandbox.run();
    const live = told(console);
    await console.attach(run, 'start');
    const fd = openSync(run.stdout, 'a');
    for (const byte of Buffer.from('ä🎮\n')) {
      writeSync(fd, Buffer.of(byte));
      // Each byte alone: the tail has looked before the next comes.
      await console.append('system', 'a turn');
    }
    closeSync(fd);
    await vi.waitFor(() =>
      expect(live.filter(({ stream }) => stream === 'stdout')).toMatchObject([{ text: 'ä🎮' }]),
    );
  });

  it('is not taken over twice by a console that attaches again', async () => {
    const sandbox = new ConsoleSandbox();
    const run = sandbox.run();
    const first = await sandbox.open();
    await first.attach(run, 'start');
    writeFileSync(run.stdout, 'one\ntwo\nunfini');
    writeFileSync(run.stderr, 'warning\n');
    await vi.waitFor(() => expect(first.lastSeq).toBe(3));
    await first.append('system', 'The agent is stopping');
    await first.close();
    appendFileSync(run.stdout, 'shed\nthree\n');

    const second = await sandbox.open();
    await second.append('system', 'The agent is back');
    await second.attach(run, 'start');
    await second.drain();
    await second.attach(run, 'start');
    await second.drain();
    expect(texts(await allLines(second)).sort()).toEqual(
      ['one', 'two', 'warning', 'The agent is stopping', 'The agent is back', 'unfinished', 'three'].sort(),
    );
  });

  it('of the next start begins at its beginning, what is left of the last one first', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    const [install, game] = [sandbox.run('install-1'), sandbox.run('start-2')];
    writeFileSync(install.stdout, 'unpacking\nhalf a line');
    writeFileSync(game.stdout, 'welcome\n');
    await console.attach(install, 'install-1', { stream: 'install' });
    await console.attach(game, 'start-2');
    await console.drain();
    expect((await allLines(console)).map(({ stream, text }) => `${stream}: ${text}`)).toEqual([
      'install: unpacking',
      'install: half a line',
      'stdout: welcome',
    ]);
  });

  it('is cleaned before it is stored, told or watched', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    const run = sandbox.run();
    const live = told(console);
    const watched: string[] = [];
    console.onLine((text) => watched.push(text));
    await console.attach(run, 'start');
    writeFileSync(run.stdout, '\x1b]52;c;eA==\x07\x1b[32mready\x1b[0m\x1b[6n\r\n');
    await vi.waitFor(() => expect(live).toHaveLength(1));
    await console.drain();
    expect(texts(live as never)).toEqual(['\x1b[32mready\x1b[0m']);
    expect(texts(await allLines(console))).toEqual(texts(live as never));
    expect(watched).toEqual(['ready']);
  });

  it('survives a game that empties its own log', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    const run = sandbox.run();
    await console.attach(run, 'start');
    appendFileSync(run.stdout, 'before, a rather long line\n');
    await vi.waitFor(() => expect(console.lastSeq).toBe(1));
    truncateSync(run.stdout, 0);
    appendFileSync(run.stdout, 'after\n');
    await vi.waitFor(() => expect(console.lastSeq).toBe(2));
    expect(texts(await allLines(console))).toEqual(['before, a rather long line', 'after']);
  });

  it('is read on behind a hole of terabytes, which a game can make at no cost', async (context) => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    const run = sandbox.run();
    const live = told(console);
    await console.attach(run, 'start');
    appendFileSync(run.stdout, 'before\nhalf a line');
    await vi.waitFor(() => expect(live).toHaveLength(1));
    try {
      truncateSync(run.stdout, 15e12);
    } catch {
      context.skip('this file system has no files so long');
    }
    appendFileSync(run.stdout, '\nafter\n');
    await vi.waitFor(() => expect(live.at(-1)?.text).toBe('after'));
    truncateSync(run.stdout, 16e12);
    appendFileSync(run.stdout, 'the end');
    await console.drain();
    const lines = await allLines(console);
    expect(texts(lines).filter((text) => /^[a-z ]+$/.test(text))).toEqual(['before', 'after', 'the end']);
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
    expect(sandbox.problems).toEqual([]);
  });

  it('is left when it takes too long after the end of the game, and a line says how much', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open({ drainPatienceMs: 20 });
    const [game, next] = [sandbox.run('start-1'), sandbox.run('start-2')];
    await console.attach(game, 'start-1');
    appendFileSync(game.stdout, 'x\n'.repeat(4_000_000));
    appendFileSync(next.stdout, 'welcome\n');
    // Waits for the earlier start, too.
    await console.attach(next, 'start-2');
    const left = await console.read({ before: console.lastSeq + 1, limit: 1 });
    expect(left.lines).toMatchObject([
      {
        stream: 'system',
        text: expect.stringMatching(/^The output was too long.*: up to [1-8] MiB were left out\.$/),
      },
    ]);
    expect(left.lines[0]?.seq).toBeLessThan(4_000_000);
    await console.drain();
    expect((await console.read({ before: console.lastSeq + 1, limit: 1 })).lines[0]?.text).toBe('welcome');
  });

  it('is read from regular files only, and neither a pipe nor a link stops the rest', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    for (const [startId, replace] of [
      ['pipe', (path: string) => execFileSync('mkfifo', [path])],
      ['link', (path: string) => symlinkSync('/etc/passwd', path)],
    ] as const) {
      const run = sandbox.run(startId);
      rmSync(run.stdout);
      replace(run.stdout);
      writeFileSync(run.stderr, `from ${startId}\n`);
      await console.attach(run, startId);
      await console.drain();
    }
    expect(texts(await allLines(console))).toEqual(['from pipe', 'from link']);
    expect(sandbox.problems).toEqual(Array(2).fill('The output of a server cannot be read'));
  });

  it('gives the disk space of what is stored back, and says nothing twice after it', async (context) => {
    if (process.platform !== 'linux') context.skip('only Linux punches holes');
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    const run = sandbox.run();
    await console.attach(run, 'start');
    const line = `${'x'.repeat(99)}\n`;
    for (let written = 0; written < 200_000; written += 10_000) {
      appendFileSync(run.stdout, line.repeat(10_000));
      await vi.waitFor(() => expect(console.lastSeq).toBe(written + 10_000));
    }
    await vi.waitFor(() => expect(statSync(run.stdout).blocks * 512).toBeLessThan(9_000_000));
    expect(statSync(run.stdout).size).toBe(20_000_000);
    await console.close();

    // The worst case: the history is gone, and most of the spool is a hole.
    rmSync(sandbox.historyFolder(), { recursive: true });
    const after = await sandbox.open();
    await after.attach(run, 'start');
    await after.drain();
    expect(after.lastSeq).toBeLessThan(90_000);
    expect((await after.read({ after: 1, limit: 1 })).lines[0]?.text).toBe('x'.repeat(99));
  });
});

describe('disk space that a game takes for its output without writing any', () => {
  it.for([
    { where: 'within the file', argv: ['--posix', '--length', '1GiB'] },
    { where: 'behind its end', argv: ['--keep-size', '--length', '1GiB'] },
  ])('$where is given back, and what it prints is kept', { timeout: 20_000 }, async ({ argv }, { skip }) => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    const run = sandbox.run();
    await console.attach(run, 'start');
    appendFileSync(run.stdout, 'before\n');
    await vi.waitFor(() => expect(console.lastSeq).toBe(1));
    try {
      execFileSync('fallocate', [...argv, run.stdout], { stdio: 'pipe' });
    } catch {
      expect(process.platform).not.toBe('linux');
      skip('only Linux lets a game do this');
    }
    await vi.waitFor(() => expect(statSync(run.stdout).blocks * 512).toBeLessThan(300 * 1024 * 1024), {
      timeout: 15_000,
    });
    appendFileSync(run.stdout, 'after\n');
    await console.drain();
    expect(texts(await allLines(console))).toEqual(['before', 'after']);
    expect(sandbox.problems).toEqual([]);
  });
});

describe('a line of our own', () => {
  it('is cleaned, cut and told like any other', async () => {
    const console = await new ConsoleSandbox().open();
    const live = told(console);
    await console.append('stdin', 'say \x1b[2Jhi\r\ud800');
    await console.append('install', 'x'.repeat(70_000));
    await vi.waitFor(() => expect(live).toHaveLength(3));
    expect(live[0]).toMatchObject({ stream: 'stdin', text: '\uFFFD' });
    expect(live[1]?.text.endsWith(CUT_MARK)).toBe(true);
    expect(await allLines(console)).toEqual(live);
  });

  it('shows no secret in install and system lines, and leaves the others alone', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    console.setSecrets(['hunter2', 'hunter2-longer', 'abc', 'a.c(d', 'first line\nsecond line']);
    const live = told(console);
    await console.append('system', 'Starting: game --password hunter2-longer --user abc --pattern a.c(d');
    await console.append('stdin', 'login hunter2');
    const run = sandbox.run();
    writeFileSync(run.stdout, 'PASSWORD=hunter2 hunter2\nkey: second line\n');
    await console.attach(run, 'start', { stream: 'install' });
    await console.drain();
    const expected = [
      'Starting: game --password ••• --user abc --pattern •••',
      'login hunter2',
      'PASSWORD=••• •••',
      'key: •••',
    ];
    expect(texts(await allLines(console))).toEqual(expected);
    await vi.waitFor(() => expect(texts(live as never)).toEqual(expected));
  });
});

describe('a watcher', () => {
  it('gets every line of the game, also those the live limit drops, and no others', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open({ live: { linesPerSecond: 10 } });
    const run = sandbox.run();
    let watched = 0;
    let isDone = false;
    const end = console.onLine((text, stream) => {
      expect(stream).toBe('stdout');
      watched++;
      isDone ||= text === 'Done 12345';
    });
    console.onLine(() => {
      throw new Error('a broken rule');
    });
    await console.attach(run, 'start');
    await console.append('system', 'Done 12345');
    expect(isDone).toBe(false);
    writeFileSync(
      run.stdout,
      Array.from({ length: 20_000 }, (_, index) => `\x1b[1mDone\x1b[0m ${index}\n`).join(''),
    );
    await vi.waitFor(() => expect(watched).toBe(20_000));
    expect(isDone).toBe(true);
    end();
    appendFileSync(run.stdout, 'one more\n');
    await console.drain();
    expect(watched).toBe(20_000);
    expect(sandbox.problems).toContain('A console watcher failed');
  });
});
