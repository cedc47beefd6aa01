import { mostTags } from '@catalyst/shared/features/server-labels';
import '@mantine/core/styles/Pill.layer.css';
import '@mantine/core/styles/PillsInput.layer.css';
import { Autocomplete, TagsInput } from '@mantine/core';
import { settingsStrings as strings } from './settings-strings.ts';
import { useKnownLabels } from './use-known-labels.ts';

interface LabelFieldsProps {
  tags: string[];
  group: string | null;
  errorOf: (field: 'tags' | 'group') => string | undefined;
  onChange: (changes: { tags?: string[]; group?: string | null }) => void;
  isReadOnly?: boolean;
}

/** By what people find a server. */
export function LabelFields({ tags, group, errorOf, onChange, isReadOnly }: LabelFieldsProps) {
  const known = useKnownLabels();
  return (
    <>
      <TagsInput
        label={strings.tags}
        description={strings.tagsHint}
        data={known.tags}
        maxTags={mostTags}
        value={tags}
        error={errorOf('tags')}
        disabled={isReadOnly}
        onChange={(words) => onChange({ tags: [...new Set(words.map((tag) => tag.trim().toLowerCase()))] })}
      />
      <Autocomplete
        label={strings.group}
        description={strings.groupHint}
        data={known.groups}
        maxLength={60}
        value={group ?? ''}
        error={errorOf('group')}
        disabled={isReadOnly}
        onChange={(name) => onChange({ group: name || null })}
      />
    </>
  );
}
