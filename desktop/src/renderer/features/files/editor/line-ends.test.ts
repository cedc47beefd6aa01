import { EditorState } from '@codemirror/state';
import { expect, it } from 'vitest';
import { lineEndsOf, separatorOf } from './line-ends.ts';

it.each([
  ['', 'lf'],
  ['one line', 'lf'],
  ['a\nb\n', 'lf'],
  ['a\r\nb\r\n', 'crlf'],
  ['a\r\nb', 'crlf'],
  ['a\r\nb\n', 'mixed'],
  ['a\rb', 'mixed'],
  ['a\r\r\nb', 'mixed'],
  ['\n\r', 'mixed'],
])('knows the line ends of %j, and gives the text back as it was', (text, expected) => {
  const ends = lineEndsOf(text);
  expect(ends).toBe(expected);
  const state = EditorState.create({
    doc: text,
    extensions: EditorState.lineSeparator.of(separatorOf(ends)),
  });
  expect(state.sliceDoc()).toBe(text);
});

it('ends new lines as the others', () => {
  const state = EditorState.create({ doc: 'a\r\nb', extensions: EditorState.lineSeparator.of('\r\n') });
  const typed = state.update({ changes: { from: 1, insert: state.toText('\r\nnew') } }).state;
  expect(typed.sliceDoc()).toBe('a\r\nnew\r\nb');
});
