import { describe, expect, it } from 'vitest';
import { cleanText, toViewerLines } from './console-text.ts';

const esc = '\u001b';

describe('text of a console', () => {
  it.each([
    ['plain', 'Done (3.2s)! For help, type "help"'],
    ['SGR colours', `${esc}[1;31mred${esc}[0m ${esc}[38;2;1;2;3mtrue${esc}[m ${esc}[4:3mcurly`],
    ['tabs and other scripts', 'a\tb ünïcödé 日本語 🎮'],
    ['markup', '<img src=x onerror=alert(1)>'],
  ])('stays as it is: %s', (_, text) => expect(cleanText(text)).toBe(text));

  it.each([
    ['OSC 52', `${esc}]52;c;eA==\u0007`],
    ['OSC 8', `${esc}]8;;javascript:alert(1)${esc}\\x`],
    ['title', `${esc}]0;x\u0007`],
    ['device reports', `${esc}[6n${esc}[c${esc}Z`],
    ['another screen', `${esc}[?1049h`],
    ['cursor moves', `${esc}[2J${esc}[1A${esc}[10;10H`],
    ['C1 controls', '\u009b6n\u009d52;c;eA==\u009c'],
    ['DCS and APC', `${esc}P$q${esc}\\${esc}_x${esc}\\`],
    ['line breaks and NUL', 'a\r\nb\0c\b\b'],
    ['a colour with a million parameters', `${esc}[${'1;'.repeat(1_000_000)}m`],
  ])('loses what a terminal would act on: %s', (_, text) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what is looked for
    expect(cleanText(text)).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/);
  });

  it('has a time, whatever the agent says it is', () => {
    const line = { seq: 1, stream: 'stdout', text: '' } as const;
    const [ok, ...bad] = toViewerLines([
      { ...line, at: 1_700_000_000_000 },
      { ...line, at: 1e300 },
      { ...line, at: -1 },
    ]);
    expect(ok?.at).toBe('2023-11-14T22:13:20.000Z');
    for (const { at } of bad) expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
  });
});
