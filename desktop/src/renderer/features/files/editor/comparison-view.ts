import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { codeTheme } from './code-theme.ts';

interface Comparison {
  theirs: string;
  mine: string;
  language: Extension;
  /** One above the other instead of side by side. */
  isNarrow: boolean;
  label: string;
}

const unchanged = { margin: 2, minSize: 6 };
/** A file made anew as a whole is not worth seconds of looking for what stayed. */
const diffConfig = { scanLimit: 2000, timeout: 500 };

/** What is different between two texts, inside an element. Returns how to end it. */
export function showComparison(element: HTMLElement, comparison: Comparison): () => void {
  const { theirs, mine, language, isNarrow, label } = comparison;
  const extensions = [
    lineNumbers(),
    codeTheme,
    language,
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  ];
  if (isNarrow) {
    const unified = unifiedMergeView({
      original: theirs,
      mergeControls: false,
      collapseUnchanged: unchanged,
      diffConfig,
    });
    const view = new EditorView({ parent: element, doc: mine, extensions: [...extensions, unified] });
    return () => view.destroy();
  }
  const view = new MergeView({
    parent: element,
    a: { doc: theirs, extensions },
    b: { doc: mine, extensions },
    collapseUnchanged: unchanged,
    diffConfig,
  });
  return () => view.destroy();
}
