import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { platform } from 'node:os';
import { expect, test } from 'vitest';
import { describeUnless } from '../testing/describe-unless.ts';
import { shellCommand } from './startup-line.ts';

describeUnless(platform() === 'win32' ? 'Windows has no such shell' : null, 'a startup line', () => {
  test.each([
    ['echo {{NAME}} {{ PORT }}', 'Ann 4000'],
    ['[[ $NAME == A* ]] && echo "$(printf %s yes)"; echo `echo twice`', 'yes twice'],
    ['cat', 'typed'],
    ['echo {{MISSING}}x', 'x'],
  ])('is read by a shell: %s', async (line, words) => {
    const { output } = await run(line, { NAME: 'Ann', PORT: '4000' });
    expect(output.trim().split(/\s+/).join(' ')).toBe(words);
  });

  test.each(['$(touch /tmp/x; echo no)', '`echo no`', '; echo no', '" ; echo no; "', '&& echo no'])(
    'never takes a value for a part of itself: %s',
    async (value) => {
      const { output } = await run('printf "[%s]" "{{NAME}}"', { NAME: value });
      expect(output).toBe(`[${value}]`);
    },
  );

  test('ends as what it started ends', async () => {
    expect((await run('exit 7', {})).code).toBe(7);
    expect((await run('true; false', {})).code).toBe(1);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGQUIT'] as const)(
    'hands on %s, and waits for what it does',
    async (signal) => {
      const game = `trap 'echo saving; sleep 0.2; echo saved; exit 3' ${signal.slice(3)}; echo up; while :; do sleep 0.05; done`;
      const { output, code } = await run(`true; bash -c "$GAME"; exit $?`, { GAME: game }, (child, text) => {
        if (text.includes('up') && !text.includes('saving')) child.kill(signal);
      });
      expect(output).toBe('up\nsaving\nsaved\n');
      // A shell in between is ended by the same signal once its program has ended.
      expect([3, 130, 131, 143]).toContain(code);
    },
  );
});

async function run(
  line: string,
  environment: Record<string, string>,
  hear: (child: ReturnType<typeof spawn>, output: string) => void = () => {},
) {
  const [program, ...rest] = shellCommand(line);
  const child = spawn(program as string, rest, {
    env: { PATH: '/usr/bin:/bin', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    hear(child, output);
  });
  child.stdin.end('typed\n');
  const [code] = await once(child, 'close');
  return { output, code };
}
