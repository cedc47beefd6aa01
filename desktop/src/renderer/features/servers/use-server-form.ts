import { isUp } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import type { TemplateVariable } from '@catalyst/shared/features/templates';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { issuesByField } from '../../api/errors.ts';
import {
  appliesAtNextStart,
  changesOf,
  formIssues,
  formWith,
  type ServerEdits,
  type ServerForm,
} from './server-form.ts';
import { settingsStrings as strings } from './settings-strings.ts';
import { useUpdateServer } from './use-server-changes.ts';

export interface ServerFormState {
  form: ServerForm;
  /** What is wrong, by field. */
  issues: Readonly<Record<string, string>>;
  set: (edits: ServerEdits) => void;
  isReadOnly: boolean;
}

/** The settings of a server as a form: what was edited lies over what the panel says, which may change meanwhile. */
export function useServerForm(server: Server, variables: readonly TemplateVariable[], isReadOnly: boolean) {
  const update = useUpdateServer(server.id);
  const [edits, setEdits] = useState<ServerEdits>({});
  const form = formWith(server, edits);
  const changes = changesOf(server, form);
  const isDirty = Object.keys(changes).length > 0;
  const found = isDirty ? formIssues(server, form, variables) : {};
  const isValid = Object.keys(found).length === 0;
  const fields: ServerFormState = {
    form,
    issues: { ...issuesByField(update.error), ...found },
    isReadOnly,
    set: (more) => {
      update.reset();
      setEdits({ ...edits, ...more, environment: { ...edits.environment, ...more.environment } });
    },
  };
  return {
    fields,
    isDirty,
    isValid,
    isSaving: update.isPending,
    error: update.error,
    waitsForStart: appliesAtNextStart(changes),
    discard: () => setEdits({}),
    save: () => {
      if (!isDirty || !isValid) return;
      update.mutate(changes, {
        onSuccess: () => {
          setEdits({});
          notifications.show({
            message:
              isUp(server.state) && appliesAtNextStart(changes) ? strings.savedNextStart : strings.saved,
          });
        },
      });
    },
  };
}
