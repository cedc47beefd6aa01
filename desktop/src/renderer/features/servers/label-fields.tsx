import { mostTags } from '@catalyst/shared/features/server-labels';
import '@mantine/core/styles/Pill.layer.css';
import '@mantine/core/styles/PillsInput.layer.css';
import { Autocomplete, TagsInput, Textarea } from '@mantine/core';
import { groupsOf, tagsOf } from './known-labels.ts';
import { settingsStrings as strings } from './settings-strings.ts';
import type { ServerFormState } from './use-server-form.ts';
import { useServerList } from './use-servers.ts';

/** By what people find the server, and what they should know of it. */
export function LabelFields({ form, issues, set, isReadOnly }: ServerFormState) {
  const { servers = [] } = useServerList();
  return (
    <>
      <TagsInput
        label={strings.tags}
        description={strings.tagsHint}
        data={tagsOf(servers)}
        maxTags={mostTags}
        value={form.tags}
        error={issueOfTags(issues)}
        disabled={isReadOnly}
        onChange={(tags) => set({ tags: [...new Set(tags.map((tag) => tag.trim().toLowerCase()))] })}
      />
      <Autocomplete
        label={strings.group}
        description={strings.groupHint}
        data={groupsOf(servers)}
        maxLength={60}
        value={form.group ?? ''}
        error={issues.group}
        disabled={isReadOnly}
        onChange={(group) => set({ group: group || null })}
      />
      <Textarea
        label={strings.notes}
        description={strings.notesHint}
        autosize
        minRows={3}
        maxRows={16}
        maxLength={4000}
        value={form.notes}
        error={issues.notes}
        disabled={isReadOnly}
        onChange={(event) => set({ notes: event.currentTarget.value })}
      />
    </>
  );
}

const issueOfTags = (issues: Readonly<Record<string, string>>) =>
  Object.entries(issues).find(([path]) => path === 'tags' || path.startsWith('tags.'))?.[1];
