import { type Ref, useImperativeHandle, useMemo, useRef } from 'react';
import classes from './json-editor.module.css';
import { strings } from './strings.ts';
import type { Problem } from './template-draft.ts';

export interface JsonEditorHandle {
  goTo(line: number): void;
}

interface JsonEditorProps {
  ref: Ref<JsonEditorHandle>;
  text: string;
  problems: readonly Problem[];
  onChange: (text: string) => void;
}

/** As in the stylesheet. */
const lineHeight = 20;

/** The document as text, with the numbers of its lines; those with a problem are marked. */
export function JsonEditor({ ref, text, problems, onChange }: JsonEditorProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({
    goTo(line) {
      const lines = text.split('\n');
      const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
      field.current?.focus();
      field.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
      field.current?.scrollTo({ top: Math.max(0, (line - 6) * lineHeight) });
    },
  }));
  const count = useMemo(() => text.split('\n').length, [text]);
  return (
    <div className={classes.editor}>
      <div className={classes.gutter} ref={gutter} aria-hidden>
        <LineNumbers count={count} problems={problems} />
      </div>
      <textarea
        ref={field}
        className={classes.text}
        aria-label={strings.json}
        aria-invalid={problems.length > 0}
        value={text}
        wrap="off"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        onChange={(event) => onChange(event.currentTarget.value)}
        onScroll={(event) => gutter.current?.scrollTo({ top: event.currentTarget.scrollTop })}
      />
    </div>
  );
}

function LineNumbers({ count, problems }: { count: number; problems: readonly Problem[] }) {
  const marked = new Set(problems.map(({ line }) => line));
  return Array.from({ length: count }, (_, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
    <div key={index} className={classes.number} data-marked={marked.has(index + 1) || undefined}>
      {index + 1}
    </div>
  ));
}
