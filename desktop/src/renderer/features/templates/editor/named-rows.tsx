import { ActionIcon, Button, Textarea, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './named-rows.module.css';
import { strings } from './strings.ts';

interface NamedRowsProps {
  values: Readonly<Record<string, unknown>>;
  names: { title?: string; name: string; value: string; add: string };
  /** Of the value that has a name. */
  errorOf: (name: string) => string | undefined;
  isLong?: boolean;
  onChange: (values: Record<string, string>) => void;
  /** Whether some names are missing, or there twice. */
  onBadNames: (hasSome: boolean) => void;
}

interface Row {
  key: number;
  name: string;
  value: string;
}

let lastKey = 0;
const newRow = (name: string, value: string): Row => {
  lastKey += 1;
  return { key: lastKey, name, value };
};

/**
 * Values with names of their own. The rows are held here and not read from the document again: there, two that have the
 * same name for a moment would be one.
 */
export function NamedRows({ values, names, errorOf, isLong, onChange, onBadNames }: NamedRowsProps) {
  const [rows, setRows] = useState(() =>
    Object.entries(values).map(([name, value]) => newRow(name, String(value))),
  );
  const set = (next: Row[]) => {
    setRows(next);
    onBadNames(next.some((row) => nameIssue(row, next) !== undefined));
    onChange(Object.fromEntries(next.map(({ name, value }) => [name, value])));
  };
  const change = (key: number, changes: Partial<Row>) =>
    set(rows.map((row) => (row.key === key ? { ...row, ...changes } : row)));
  const Value = isLong ? Textarea : TextInput;
  return (
    <div className={classes.rows}>
      {names.title && <h3 className={classes.title}>{names.title}</h3>}
      {rows.map((row) => (
        <div key={row.key} className={classes.row} data-long={isLong || undefined}>
          <TextInput
            className={classes.name}
            label={names.name}
            value={row.name}
            maxLength={200}
            error={nameIssue(row, rows)}
            spellCheck={false}
            onChange={(event) => change(row.key, { name: event.currentTarget.value })}
          />
          <Value
            className={classes.value}
            label={names.value}
            value={row.value}
            maxLength={8192}
            error={errorOf(row.name)}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--font-mono)' } }}
            {...(isLong && { autosize: true, minRows: 2, maxRows: 10 })}
            onChange={(event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
              change(row.key, { value: event.currentTarget.value })
            }
          />
          <ActionIcon
            className={classes.remove}
            aria-label={strings.removeOf(row.name || strings.unnamed)}
            onClick={() => set(rows.filter(({ key }) => key !== row.key))}
          >
            <IconTrash size={16} stroke={1.6} />
          </ActionIcon>
        </div>
      ))}
      <Button
        className={classes.add}
        variant="default"
        size="xs"
        onClick={() => set([...rows, newRow('', '')])}
      >
        {names.add}
      </Button>
    </div>
  );
}

function nameIssue({ key, name }: Row, rows: readonly Row[]): string | undefined {
  if (name === '') return strings.nameless;
  return rows.some((other) => other.key < key && other.name === name) ? strings.twice : undefined;
}
