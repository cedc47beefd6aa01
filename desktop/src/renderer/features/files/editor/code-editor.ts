import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { codeTheme } from './code-theme.ts';
import { type LineEnds, lineEndsOf, separatorOf } from './line-ends.ts';

export interface CodeEditor {
  /** As it would be saved: with the line ends it came with. */
  text(): string;
  lineEnds(): LineEnds;
  doc(): Text;
  /** `doc` is what was there when saving began; what was typed since is not saved. */
  markSaved(doc: Text): void;
  /** Another text in place of all; it counts as saved, and can be undone. */
  replace(text: string): void;
  setWrap(isWrapped: boolean): void;
  setLanguage(language: Extension): void;
  find(): void;
  focus(): void;
  close(): void;
}

interface CodeEditorOptions {
  text: string;
  /** For screen readers. */
  label: string;
  isReadOnly: boolean;
  onDirty: (isDirty: boolean) => void;
  onCursor: (line: number, column: number) => void;
  onSave: () => void;
}

/** An editor inside an element, which it fills. */
export function createCodeEditor(element: HTMLElement, options: CodeEditorOptions): CodeEditor {
  const wrap = new Compartment();
  const language = new Compartment();
  const ends = new Compartment();
  const separator = () => EditorState.lineSeparator.of(separatorOf(lineEnds));
  let lineEnds = lineEndsOf(options.text);
  let saved: Text;
  const save = () => {
    options.onSave();
    return true;
  };
  const tellDirty = () => options.onDirty(!view.state.doc.eq(saved));
  const view = new EditorView({
    parent: element,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        ends.of(separator()),
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        keymap.of([
          { key: 'Mod-s', preventDefault: true, run: save },
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
        EditorState.readOnly.of(options.isReadOnly),
        EditorView.contentAttributes.of({ 'aria-label': options.label, spellcheck: 'false' }),
        wrap.of([]),
        language.of([]),
        codeTheme,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) tellDirty();
          if (update.docChanged || update.selectionSet) tellCursor(update.state);
        }),
      ],
    }),
  });
  saved = view.state.doc;

  function tellCursor(state: EditorState): void {
    const { head } = state.selection.main;
    const line = state.doc.lineAt(head);
    options.onCursor(line.number, head - line.from + 1);
  }

  return {
    text: () => view.state.sliceDoc(),
    lineEnds: () => lineEnds,
    doc: () => view.state.doc,
    markSaved(doc) {
      saved = doc;
      tellDirty();
    },
    replace(text) {
      lineEnds = lineEndsOf(text);
      view.dispatch({ effects: ends.reconfigure(separator()) });
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: view.state.toText(text) } });
      saved = view.state.doc;
      tellDirty();
    },
    setWrap: (isWrapped) =>
      view.dispatch({ effects: wrap.reconfigure(isWrapped ? EditorView.lineWrapping : []) }),
    setLanguage: (extension) => view.dispatch({ effects: language.reconfigure(extension) }),
    find: () => void openSearchPanel(view),
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}
