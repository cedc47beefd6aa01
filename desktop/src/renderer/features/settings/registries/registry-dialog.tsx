import { NewRegistry, type Registry, RegistryChanges } from '@catalyst/shared/features/registries';
import { Button, Modal, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import { hasCode, issuesByField } from '../../../api/errors.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { validateWith } from '../../../components/form-validation.ts';
import { strings as shared } from '../../../components/strings.ts';
import { strings } from './strings.ts';
import { useCreateRegistry, useUpdateRegistry } from './use-registries.ts';

interface RegistryDialogProps {
  /** Whose login is changed; a new one without it. */
  registry?: Registry;
  onClose: () => void;
}

export function RegistryDialog({ registry, onClose }: RegistryDialogProps) {
  const create = useCreateRegistry();
  const update = useUpdateRegistry(registry?.id ?? '');
  const { error, isPending } = registry ? update : create;
  const form = useForm({
    initialValues: { host: registry?.host ?? '', username: registry?.username ?? '', password: '' },
    validate: (values) =>
      registry ? validateWith(RegistryChanges)(changesOf(values)) : validateWith(NewRegistry)(values),
  });
  useEffect(() => form.setErrors(issuesByField(error)), [error, form.setErrors]);
  return (
    <Modal opened onClose={onClose} title={registry ? strings.editTitle(registry.host) : strings.newTitle}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit((values) =>
          registry
            ? update.mutate(changesOf(values), { onSuccess: onClose })
            : create.mutate(values, { onSuccess: onClose }),
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
        <TextInput
          label={strings.username}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          {...form.getInputProps('username')}
        />
        <PasswordInput
          label={strings.password}
          description={registry ? strings.passwordKept : strings.passwordHint}
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

/** A password that is left empty stays. */
function changesOf({ username, password }: { username: string; password: string }) {
  return { username, ...(password !== '' && { password }) };
}
