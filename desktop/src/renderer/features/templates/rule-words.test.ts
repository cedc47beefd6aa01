import type { VariableRule } from '@catalyst/shared/features/variable-rules';
import { expect, it } from 'vitest';
import { doneInWords, restartInWords, ruleInWords, stopInWords } from './rule-words.ts';

it.each<[VariableRule, string]>([
  [{ kind: 'text', minLength: 0, maxLength: 80 }, 'Text of at most 80 characters'],
  [
    { kind: 'text', minLength: 1, maxLength: 8, pattern: '[a-z]+' },
    'Text of 1 to 8 characters that matches [a-z]+',
  ],
  [{ kind: 'integer', min: -1, max: 255 }, 'Whole number from -1 to 255'],
  [{ kind: 'boolean' }, 'Yes or no'],
  [{ kind: 'choice', options: [{ value: 'a', label: 'Easy' }, { value: 'b' }] }, 'One of Easy, b'],
  [{ kind: 'checks', checks: [] }, 'Anything'],
  [{ kind: 'checks', checks: [{ check: 'present' }] }, 'Anything'],
  [
    {
      kind: 'checks',
      checks: [{ check: 'required' }, { check: 'integer' }, { check: 'between', least: 1, most: 9 }],
    },
    'Required, whole number, from 1 to 9',
  ],
  [
    {
      kind: 'checks',
      checks: [
        { check: 'nullable' },
        { check: 'max', amount: 20 },
        { check: 'in', words: ['a', 'b'] },
        { check: 'regex', pattern: '^a', ignoreCase: false },
        { check: 'unknown', rule: 'exists:users' },
      ],
    },
    'May be empty, at most 20, one of a, b, matches ^a, “exists:users” (not applied)',
  ],
])('says what a value may be: %j', (rule, words) => expect(ruleInWords(rule)).toBe(words));

it('says when a server runs, how it stops and what follows a crash', () => {
  const timeoutSeconds = 90;
  expect(doneInWords({ kind: 'line', contains: 'Done', timeoutSeconds })).toBe(
    'the console says “Done”, within 90 s',
  );
  expect(doneInWords({ kind: 'lines', anyOf: ['up', ''], matching: [], timeoutSeconds })).toBe(
    'the console says anything, within 90 s',
  );
  expect(doneInWords({ kind: 'lines', anyOf: ['up'], matching: ['^Done'], timeoutSeconds })).toBe(
    'the console says “up” or what matches ^Done, within 90 s',
  );
  expect(doneInWords({ kind: 'port', port: 'game', timeoutSeconds })).toContain('port game accepts');
  const query = { kind: 'query', protocol: 'source', port: 'query', timeoutSeconds } as const;
  expect(doneInWords(query)).toBe('the game answers a Source (A2S) query at its port query, within 90 s');
  expect(stopInWords({ kind: 'signal', signal: 'SIGINT', timeoutSeconds: 30 })).toBe(
    'Signal SIGINT; killed after 30 s',
  );
  const followUp = { signal: 'SIGTERM', afterSeconds: 20 } as const;
  expect(stopInWords({ kind: 'command', command: 'stop', followUp, timeoutSeconds: 30 })).toBe(
    'Command “stop”, signal SIGTERM after 20 s; killed after 30 s',
  );
  const policy = { maxRestarts: 5, windowSeconds: 600, backoffSeconds: 1 };
  expect(restartInWords({ mode: 'on-failure', ...policy })).toBe('Starts again, at most 5 times in 10 min');
  expect(restartInWords({ mode: 'never', ...policy })).toBe('Stays stopped');
});
