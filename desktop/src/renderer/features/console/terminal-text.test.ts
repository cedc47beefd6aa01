import { expect, it } from 'vitest';
import { plainText, safeText, terminalText } from './terminal-text.ts';

const line = (text: string, stream: 'stdout' | 'stdin' = 'stdout') => ({
  seq: 1,
  at: new Date(2026, 0, 1, 9, 5, 7),
  stream,
  text,
});

it('lets colours through and nothing else that steers a terminal', () => {
  expect(safeText('\x1b[1;31mred\x1b[0m')).toBe('\x1b[1;31mred\x1b[0m');
  expect(safeText('a\x1b[2Jb\x1b]0;title\x07c')).toBe('a[2Jb]0;titlec');
  expect(safeText('a\rb\nc\x9bd\x00e\tf')).toBe('abcde\tf');
});

it('gives plain text for the clipboard', () => {
  expect(plainText(line('\x1b[38;5;12mhi\x1b[0m there'))).toBe('hi there');
});

it('puts each line on its own row, and resets what it coloured', () => {
  const lines = [line('\x1b[31mred'), line('plain')];
  expect(terminalText(lines, { showTimes: false, isContinued: false })).toBe(
    '\x1b[31mred\x1b[0m\r\nplain\x1b[0m',
  );
  expect(terminalText(lines.slice(1), { showTimes: false, isContinued: true })).toBe('\r\nplain\x1b[0m');
  expect(terminalText([], { showTimes: false, isContinued: true })).toBe('');
});

it('marks commands and shows times when asked', () => {
  expect(terminalText([line('list', 'stdin')], { showTimes: true, isContinued: false })).toBe(
    '\x1b[2m09:05:07 \x1b[0m\x1b[34m> list\x1b[0m',
  );
});

it('says where lines are missing', () => {
  expect(terminalText([{ fromSeq: 3, toSeq: 1206 }], { showTimes: false, isContinued: false })).toContain(
    '1,204 lines not shown',
  );
});
