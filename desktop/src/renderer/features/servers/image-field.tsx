import type { Template } from '@catalyst/shared/features/templates';
import { Select } from '@mantine/core';
import { settingsStrings as strings } from './settings-strings.ts';

interface ImageFieldProps {
  template: Pick<Template, 'images'>;
  /** A label. */
  value: string;
  error?: string;
  isReadOnly?: boolean;
  onChange: (label: string) => void;
}

/** One of the images of a template, and what stands behind its label. */
export function ImageField({ template, value, error, isReadOnly, onChange }: ImageFieldProps) {
  return (
    <Select
      label={strings.image}
      description={
        <>
          <code>{template.images[value]}</code>. {strings.imageHint}
        </>
      }
      error={error}
      data={Object.keys(template.images)}
      value={value}
      disabled={isReadOnly}
      onChange={(label) => label !== null && onChange(label)}
    />
  );
}
