import { NumberInput } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import { type JsonPath, textAt } from './json-values.ts';
import type { FormParts } from './text-field.tsx';

interface NumberFieldProps {
  parts: FormParts;
  path: JsonPath;
  label: string;
  hint?: string;
}

/** Left empty, it is null, which no number may be: its place says so. */
export function NumberField({ parts, path, label, hint }: NumberFieldProps) {
  return (
    <NumberInput
      label={label}
      description={hint}
      allowDecimal={false}
      thousandSeparator=""
      value={textAt(parts.document, path)}
      error={parts.errors[path.join('.')]}
      onChange={(value) => parts.set(path, value === '' ? null : Number(value))}
    />
  );
}
