import { type ManagedUser, NewPassword } from '@catalyst/shared/features/users';
import { Button, Checkbox, Modal, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { z } from 'zod';
import { hasCode, issuesByField } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { validateWith } from '../../components/form-validation.ts';
import { strings as shared } from '../../components/strings.ts';
import { strings } from './strings.ts';
import { useSetPassword } from './use-users.ts';

export function SetPasswordDialog({ user, onClose }: { user: ManagedUser; onClose: () => void }) {
  const set = useSetPassword(user.id);
  const form = useForm({
    initialValues: { password: '', mustChangePassword: true },
    validate: validateWith(z.object({ password: NewPassword })),
  });
  const { error } = set;
  useEffect(() => form.setErrors(issuesByField(error)), [error, form.setErrors]);
  return (
    <Modal opened onClose={onClose} title={strings.setPasswordTitle(user.name)}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit((values) =>
          set.mutate(values, {
            onSuccess: () => {
              notifications.show({ message: strings.passwordSet(user.name) });
              onClose();
            },
          }),
        )}
      >
        <PasswordInput
          label={strings.password}
          autoComplete="new-password"
          data-autofocus
          {...form.getInputProps('password')}
        />
        <Checkbox
          label={strings.mustChangeNext}
          {...form.getInputProps('mustChangePassword', { type: 'checkbox' })}
        />
        {error && !hasCode(error, 'invalid_input') && <Failure error={error} title={strings.saveFailed} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={set.isPending}>
            {strings.setPassword}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
