import { describe, expect, it } from 'vitest';
import { sanitiseLine, stripColours } from './sanitise-line.ts';

const kept: [what: string, text: string][] = [
  ['plain text', 'Done (1.234s)! For help, type "help"'],
  ['tabs', 'a\tb'],
  ['text of any script', 'Grüße 你好 🎮 שלום'],
  ['HTML as the text it is', '<img src=x onerror=alert(1)>'],
  ['a colour', '\x1b[31mred\x1b[0m'],
  ['SGR without parameters', '\x1b[mplain'],
  ['24-bit colours', '\x1b[38;2;1;2;3;48;2;4;5;6;1mall\x1b[0m'],
  ['SGR with colons', '\x1b[4:3mcurly\x1b[0m'],
];

const cleaned: [what: string, raw: string, clean: string][] = [
  ['OSC 52, the clipboard', 'a\x1b]52;c;cm0gLXJmIC8K\x07b', 'ab'],
  ['OSC 8 links, keeping their text', '\x1b]8;;javascript:alert(1)\x1b\\click\x1b]8;;\x1b\\', 'click'],
  ['OSC 0 and 2, titles', '\x1b]0;owned\x07\x1b]2;owned\x1b\\x', 'x'],
  ['OSC with a C1 introducer and terminator', 'a\x9d0;title\x9cb', 'ab'],
  ['DECRQSS', 'a\x1bP$qm\x1b\\b', 'ab'],
  ['DCS with a C1 introducer', 'a\x90$q"p\x9cb', 'ab'],
  ['APC, PM and SOS', 'a\x1b_x\x1b\\b\x1b^y\x1b\\c\x1bXz\x1b\\d', 'abcd'],
  ['APC, PM and SOS as C1', 'a\x9fx\x9cb\x9ey\x9cc\x98z\x9cd', 'abcd'],
  ['DSR, asking for the cursor position', 'a\x1b[6nb', 'ab'],
  ['DA, asking for the terminal', 'a\x1b[cb\x1b[>cc\x1bZd', 'abcd'],
  ['the alternate screen', '\x1b[?1049hx\x1b[?1049l', 'x'],
  ['mouse reports and bracketed paste', '\x1b[?1000h\x1b[?2004hx', 'x'],
  ['cursor moves that forge a line', 'chat\x1b[1A\x1b[2K\x1b[G[Daemon] stopped', 'chat[Daemon] stopped'],
  ['a prompt that its line overwrites', '> \x1b[1GServer started', 'Server started'],
  ['clearing the screen', '\x1b[2J\x1b[3J\x1b[Hx', 'x'],
  ['scroll regions and window operations', '\x1b[1;5r\x1b[21tx', 'x'],
  ['CSI with a C1 introducer, colours too', 'a\x9b31mb\x9b2Jc', 'abc'],
  ['private CSI that ends in m', 'a\x1b[>4;2mb\x1b[?4mc', 'abc'],
  ['CSI with intermediate bytes', 'a\x1b[1 qb\x1b[!pc', 'abc'],
  ['SGR too long to be sane', `a\x1b[${'1;'.repeat(40)}1mb`, 'ab'],
  ['a CSI that never ends', 'a\x1b[12;', 'a'],
  ['a CSI broken by text', 'a\x1b[12äb', 'aäb'],
  ['a full reset', 'a\x1bcb', 'ab'],
  ['save, restore, index, keypad', 'a\x1b7\x1b8\x1bM\x1b=b', 'ab'],
  ['character sets', 'a\x1b(0b\x0ec\x0f', 'abc'],
  ['a lone ESC at the end', 'a\x1b', 'a'],
  ['ESC after ESC', 'a\x1b\x1b[2Jb', 'ab'],
  ['a colour inside an aborted OSC', 'a\x1b]0;t\x1b[31mb', 'a0;t\x1b[31mb'],
  ['NUL, bell, backspace, vertical tab, form feed, DEL', 'a\0\x07\x08\x0b\x0c\x7fb', 'ab'],
  ['answerback (ENQ), XON and XOFF', 'a\x05\x11\x13b', 'ab'],
  ['C1 controls', 'a\x80\x85\x8d\x9ab', 'ab'],
];

describe('sanitiseLine', () => {
  it.each(kept)('keeps %s', (_what, text) => {
    expect(sanitiseLine(text)).toBe(text);
  });

  it.each(cleaned)('takes out %s', (_what, raw, clean) => {
    expect(sanitiseLine(raw)).toBe(clean);
  });

  it('hides no text behind a string that is not finished', () => {
    for (const introducer of [
      '\x1b]',
      '\x1bP',
      '\x1b_',
      '\x1b^',
      '\x1bX',
      '\x9d',
      '\x90',
      '\x9f',
      '\x9e',
      '\x98',
    ]) {
      expect(sanitiseLine(`<bob> ${introducer}hi, says bob`)).toBe('<bob> hi, says bob');
    }
  });

  it('lets none of 200,000 random mixtures of controls through but tabs and short SGR', () => {
    const alphabet = [
      '\x1b',
      '[',
      ']',
      'P',
      '_',
      '\\',
      '\x07',
      '\x9b',
      '\x9c',
      '\x9d',
      'm',
      'H',
      ';',
      '1',
      '?',
      ' ',
      'a',
      'ä',
      '\r',
      '\0',
      '\t',
      '\x18',
    ];
    let state = 12345;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    for (let round = 0; round < 200_000; round++) {
      const raw = Array.from({ length: random(16) }, () => alphabet[random(alphabet.length)]).join('');
      const left = [...stripColours(sanitiseLine(raw))].filter((character) => {
        const code = character.charCodeAt(0);
        return (code < 0x20 && code !== 9) || (code >= 0x7f && code <= 0x9f);
      });
      if (left.length > 0) expect.fail(`${JSON.stringify(raw)} left ${JSON.stringify(left)}`);
    }
  });

  describe('with carriage returns', () => {
    it.each([
      ['drops one at the end', 'line\r', 'line'],
      ['drops many at the end', 'line\r\r\r', 'line'],
      ['keeps the last part of a progress bar', '10%\r50%\r100%', '100%'],
      ['passes over parts that show nothing', '100%\r   \r\x1b[K\r\x1b[0m', '100%'],
      ['is empty when nothing shows', '\r \r', ''],
      ['cleans the part it keeps', 'a\r\x1b[2Kb\x1b[1mc', 'b\x1b[1mc'],
    ])('%s', (_what, raw, clean) => {
      expect(sanitiseLine(raw)).toBe(clean);
    });
  });

  it.each<[string, (length: number) => string]>([
    ['a CSI of parameters', (length) => `\x1b[${'1;'.repeat(length / 2)}m`],
    ['unfinished OSCs', (length) => '\x1b]'.repeat(length / 2)],
    ['unfinished C1 OSCs', (length) => '\x9d'.repeat(length)],
    ['an OSC that is not finished', (length) => `\x1b]${'x'.repeat(length)}`],
    ['many long unfinished OSCs', (length) => `\x1b]${'x'.repeat(1000)}`.repeat(length / 1000)],
    ['unfinished CSIs', (length) => '\x1b['.repeat(length / 2)],
    ['almost SGR', (length) => `\x1b[${'1'.repeat(63)}`.repeat(length / 64)],
    ['intermediates', (length) => `\x1b${' '.repeat(length)}`],
    ['carriage returns', (length) => '\x1b[0m\r'.repeat(length / 5)],
    ['spaces before carriage returns', (length) => `${' '.repeat(1000)}\r`.repeat(length / 1000)],
  ])('is quick with a million characters of %s', (_what, make) => {
    // A second each is a hundred times what a million characters take; were it quadratic, it would be minutes.
    const raw = make(1_000_000);
    const start = performance.now();
    sanitiseLine(raw);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('stripColours', () => {
  it('leaves the text', () => {
    expect(stripColours('\x1b[1;31mred\x1b[0m and \x1b[mplain')).toBe('red and plain');
    expect(stripColours('plain')).toBe('plain');
  });
});
