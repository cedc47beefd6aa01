import type { Template } from '@catalyst/shared/features/templates';
import { Select } from '@mantine/core';
import { settingsStrings as strings } from './settings-strings.ts';

interface StartupFieldProps {
  template: Pick<Template, 'startup'>;
  /** A label; the first when there is none. */
  value: string | null | undefined;
  error?: string;
  isReadOnly?: boolean;
  onChange: (label: string) => void;
}

/** One of the startup lines of a template that has several, and what stands behind its label. */
export function StartupField({ template, value, error, isReadOnly, onChange }: StartupFieldProps) {
  const lines = linesOf(template);
  const labels = Object.keys(lines);
  const chosen = value ?? labels[0] ?? '';
  if (labels.length < 2) return null;
  return (
    <Select
      label={strings.startupLine}
      description={<code>{lines[chosen]}</code>}
      error={error}
      data={labels}
      value={chosen}
      disabled={isReadOnly}
      onChange={(label) => label !== null && onChange(label)}
    />
  );
}

export const linesOf = ({ startup }: Pick<Template, 'startup'>): Record<string, string> =>
  'shell' in startup ? startup.shell : {};
