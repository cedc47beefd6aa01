import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface-console)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--text-strong)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text-strong)' },
  '.cm-gutters': {
    color: 'var(--text-dim)',
    backgroundColor: 'var(--surface-console)',
    borderRight: '1px solid var(--border)',
  },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 10px 0 12px', minWidth: '36px' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--surface-hover) 60%, transparent)' },
  '.cm-activeLineGutter': { color: 'var(--text)', backgroundColor: 'var(--surface-hover)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--accent-soft)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--surface-active)' },
  '.cm-searchMatch': { backgroundColor: 'var(--state-amber-soft)', outline: '1px solid var(--state-amber)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--accent-soft)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--surface-active)' },
  '.cm-specialChar': { color: 'var(--state-red-text)' },
  '.cm-panels': {
    color: 'var(--text)',
    backgroundColor: 'var(--surface-raised)',
    fontFamily: 'var(--mantine-font-family)',
  },
  '.cm-panels-top': { borderBottom: '1px solid var(--border)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--border)' },
  '.cm-panel.cm-search': { padding: '8px 32px 8px 8px', fontSize: '13px' },
  '.cm-panel.cm-search label': { color: 'var(--text-dim)', fontSize: '12px' },
  '.cm-panel.cm-search [name=close]': {
    top: '8px',
    right: '8px',
    color: 'var(--text-dim)',
    fontSize: '18px',
  },
  '.cm-textfield': {
    height: '28px',
    padding: '0 8px',
    border: '1px solid var(--border-control)',
    borderRadius: '6px',
    color: 'var(--text)',
    backgroundColor: 'var(--surface-raised)',
    fontSize: '13px',
  },
  '.cm-button': {
    height: '28px',
    padding: '0 10px',
    border: '1px solid var(--border-strong)',
    borderRadius: '6px',
    color: 'var(--text)',
    backgroundColor: 'var(--surface-raised)',
    backgroundImage: 'none',
    fontSize: '12px',
  },
  '.cm-button:hover': { backgroundColor: 'var(--surface-hover)' },
  // Two texts beside each other.
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--state-red-soft)' },
  '&.cm-merge-b .cm-changedLine': { backgroundColor: 'var(--state-green-soft)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': {
    background: 'color-mix(in srgb, var(--state-red) 26%, transparent)',
  },
  '&.cm-merge-b .cm-changedText': {
    background: 'color-mix(in srgb, var(--state-green) 26%, transparent)',
  },
  // Every font has this one.
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"…"' },
  '.cm-collapsedLines': {
    color: 'var(--text-dim)',
    background: 'var(--surface-sunken)',
    fontFamily: 'var(--mantine-font-family)',
  },
});

const colours = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.bool, tags.null],
    color: 'var(--code-keyword)',
  },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.atom, tags.unit], color: 'var(--code-number)' },
  { tag: [tags.comment, tags.meta], color: 'var(--code-comment)' },
  {
    tag: [tags.propertyName, tags.definition(tags.variableName), tags.attributeName, tags.labelName],
    color: 'var(--code-name)',
  },
  { tag: [tags.tagName, tags.typeName, tags.standard(tags.variableName)], color: 'var(--code-tag)' },
  { tag: [tags.heading, tags.strong], color: 'var(--text-strong)', fontWeight: '600' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: [tags.link, tags.url], color: 'var(--code-name)', textDecoration: 'underline' },
  { tag: tags.invalid, color: 'var(--state-red-text)' },
]);

/** The colours are those of the page, which follow its scheme by themselves. */
export const codeTheme: Extension = [look, syntaxHighlighting(colours)];
