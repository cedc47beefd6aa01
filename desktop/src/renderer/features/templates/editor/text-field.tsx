import { Textarea, TextInput } from '@mantine/core';
import { type JsonPath, textAt } from './json-values.ts';

/** What a part of the form needs to read the document and to change it. */
export interface FormParts {
  document: unknown;
  errors: Readonly<Record<string, string>>;
  set: (path: JsonPath, value: unknown) => void;
  onBadNames: (part: string, hasSome: boolean) => void;
}

interface TextFieldProps {
  parts: FormParts;
  path: JsonPath;
  label: string;
  hint?: string;
  maxLength?: number;
  isLong?: boolean;
  isCode?: boolean;
}

export function TextField({ parts, path, label, hint, maxLength, isLong, isCode }: TextFieldProps) {
  const field = {
    label,
    description: hint,
    maxLength,
    value: textAt(parts.document, path),
    error: parts.errors[path.join('.')],
    spellCheck: !isCode,
    ...(isCode && { styles: { input: { fontFamily: 'var(--font-mono)' } } }),
  };
  const set = (value: string) => parts.set(path, value);
  return isLong ? (
    <Textarea
      {...field}
      autosize
      minRows={3}
      maxRows={isCode ? 24 : 10}
      onChange={(event) => set(event.currentTarget.value)}
    />
  ) : (
    <TextInput {...field} onChange={(event) => set(event.currentTarget.value)} />
  );
}
