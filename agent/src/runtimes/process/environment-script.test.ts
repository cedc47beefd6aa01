import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeUnless, notLinux } from '../../testing/describe-unless.ts';
import { environmentScript, quoteForShell } from './environment-script.ts';

describeUnless(notLinux, 'environmentScript', () => {
  const environment = {
    PATH: '/usr/bin:/bin',
    MESSAGE: 'it\'s "quoted" $(id) `id` \\ \n %s ÁÂÈ',
    EMPTY: '',
    // Read-only, numeric or changing in one shell or another.
    UID: '1000',
    EUID: 'x',
    PPID: "it's",
    OPTIND: 'x',
    LINENO: 'x',
    SECONDS: 'x',
    RANDOM: 'x',
    BASHOPTS: 'x',
    BASH_VERSION: 'x',
    SHELLOPTS: 'x',
    GROUPS: 'x',
    IFS: 'abc',
    LC_ALL: 'C',
  };

  const shells = ['/bin/sh', '/bin/dash', '/bin/bash', '/bin/busybox'];
  const missing = shells.filter((shell) => !existsSync(shell));
  if (missing.length > 0) console.info(`Not tried, because not installed: ${missing.join(', ')}.`);
  for (const shell of shells.filter((shell) => existsSync(shell))) {
    test(`hands it over literally and whole by ${shell}`, () => {
      const args = shell.endsWith('busybox') ? ['sh'] : [];
      expect(run(shell, args, environment, ['/bin/cat', '/proc/self/environ'])).toEqual(
        Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      );
    });
  }

  test('adds nothing of the shell', () => {
    expect(run('/bin/sh', [], {}, ['/bin/cat', '/proc/self/environ'])).toEqual([]);
  });

  test('looks for the program where the new environment says', () => {
    expect(run('/bin/sh', [], { PATH: '/usr/bin' }, ['printf', '%s\\0', '$HOME'])).toEqual(['$HOME']);
  });

  test('names no value in an argument, but for what shells keep for themselves', () => {
    const lines = environmentScript({ TOKEN: 'secret', UID: '1000' }).split('\n');
    expect(lines.find((line) => line.includes('secret'))).toBe("export TOKEN='secret'");
    expect(lines.find((line) => line.includes('env'))).not.toContain('secret');
  });
});

test('quoteForShell makes one word of anything', () => {
  expect(quoteForShell("a'b")).toBe(`'a'\\''b'`);
  expect(quoteForShell('')).toBe("''");
});

function run(
  shell: string,
  args: string[],
  environment: Record<string, string>,
  command: string[],
): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'catalyst-environment-'));
  const file = join(folder, 'script');
  writeFileSync(file, environmentScript(environment));
  const script = openSync(file, 'r');
  try {
    const { stdout, stderr } = spawnSync(shell, [...args, '/proc/self/fd/4', ...command], {
      env: { PATH: '/nowhere', LEFT_OVER: '' },
      stdio: ['ignore', 'pipe', 'pipe', 'ignore', script],
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout
      .split('\0')
      .slice(0, -1)
      .filter((entry) => entry !== 'LEFT_OVER=')
      .sort((a, b) => order(environment, a) - order(environment, b));
  } finally {
    closeSync(script);
    rmSync(folder, { recursive: true });
  }
}

function order(environment: Record<string, string>, entry: string): number {
  return Object.keys(environment).indexOf(entry.split('=')[0] ?? '');
}
