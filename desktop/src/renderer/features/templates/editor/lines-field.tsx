import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { strings } from './strings.ts';

interface LinesFieldProps {
  label: string;
  lines: readonly string[];
  error?: string;
  onChange: (lines: string[]) => void;
}

/** Texts that are a line each. Empty lines at the end are where the next one is typed, and no texts. */
export function LinesField({ label, lines, error, onChange }: LinesFieldProps) {
  const [text, setText] = useState(() => lines.join('\n'));
  const isOfLines = lines.every((line) => !line.includes('\n'));
  return (
    <Textarea
      label={label}
      description={isOfLines ? undefined : strings.notOfLines}
      disabled={!isOfLines}
      autosize
      minRows={2}
      maxRows={16}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--font-mono)' } }}
      value={text}
      error={error}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setText(value);
        const kept = value.replace(/\n+$/, '');
        onChange(kept === '' ? [] : kept.split('\n'));
      }}
    />
  );
}
