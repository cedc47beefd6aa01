import type { Registry } from '@catalyst/shared/features/registries';
import { Button, Modal, PasswordInput, Switch, TextInput } from '@mantine/core';
import '@mantine/core/styles/Switch.layer.css';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import { hasCode, issuesByField } from '../../../api/errors.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { Notice } from '../../../components/notice.tsx';
import { strings as shared } from '../../../components/strings.ts';
import {
  isOnNode,
  newRegistry,
  newRegistryIssues,
  registryChanges,
  registryChangesIssues,
  registryFormOf,
} from './registry-form.ts';
import { strings } from './strings.ts';
import { useCreateRegistry, useUpdateRegistry } from './use-registries.ts';

interface RegistryDialogProps {
  /** The one to change; a new one without it. */
  registry?: Registry;
  onClose: () => void;
}

export function RegistryDialog({ registry, onClose }: RegistryDialogProps) {
  const create = useCreateRegistry();
  const update = useUpdateRegistry(registry?.id ?? '');
  const { error, isPending } = registry ? update : create;
  const form = useForm({
    initialValues: registryFormOf(registry),
    validate: registry ? registryChangesIssues : newRegistryIssues,
  });
  const isLocal = isOnNode(form.values);
  const isPlain = isLocal || form.values.plainHttp;
  useEffect(() => form.setErrors(issuesByField(error)), [error, form.setErrors]);
  return (
    <Modal opened onClose={onClose} title={registry ? strings.editTitle(registry.host) : strings.newTitle}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit((values) =>
          registry
            ? update.mutate(registryChanges(values), { onSuccess: onClose })
            : create.mutate(newRegistry(values), { onSuccess: onClose }),
        )}
      >
        {!registry && (
          <TextInput
            label={strings.host}
            description={strings.hostHint}
            spellCheck={false}
            autoCapitalize="none"
            data-autofocus
            {...form.getInputProps('host')}
          />
        )}
        <Switch
          label={strings.isPlain}
          description={isLocal ? strings.isLocalHint : strings.isPlainHint}
          disabled={isLocal}
          checked={isPlain}
          onChange={(event) => form.setFieldValue('plainHttp', event.currentTarget.checked)}
        />
        {isPlain && !isLocal && <Notice tone="warning">{strings.plainWarning}</Notice>}
        <TextInput
          label={strings.username}
          description={strings.usernameHint}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          {...form.getInputProps('username')}
        />
        <PasswordInput
          label={strings.password}
          description={registry?.username ? strings.passwordKept : strings.passwordHint}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        {error && !hasCode(error, 'invalid_input') && <Failure title={strings.saveFailed} error={error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={isPending}>
            {registry ? strings.save : strings.create}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
