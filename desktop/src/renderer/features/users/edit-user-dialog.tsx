import { type ManagedUser, UserChanges } from '@catalyst/shared/features/users';
import { Button, Modal } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import { hasCode, issuesByField } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { validateWith } from '../../components/form-validation.ts';
import { strings as shared } from '../../components/strings.ts';
import { useUser } from '../sessions/use-session.ts';
import { strings } from './strings.ts';
import { useUpdateUser } from './use-users.ts';
import { UserFields, type UserFormValues } from './user-fields.tsx';

export function EditUserDialog({ user, onClose }: { user: ManagedUser; onClose: () => void }) {
  const isSelf = useUser().id === user.id;
  const update = useUpdateUser(user.id);
  const form = useForm<UserFormValues>({
    initialValues: {
      email: user.email,
      name: user.name,
      displayName: user.displayName ?? '',
      roleId: user.role.id,
    },
    validate: (values) => validateWith(UserChanges)(changesOf(values, user)),
  });
  const { error } = update;
  useEffect(() => form.setErrors(issuesByField(error)), [error, form.setErrors]);
  return (
    <Modal opened onClose={onClose} title={strings.editTitle(user.name)}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit((values) => {
          const changes = changesOf(values, user);
          if (Object.keys(changes).length === 0) onClose();
          else update.mutate(changes, { onSuccess: onClose });
        })}
      >
        <UserFields form={form} isSelf={isSelf} />
        {error && !hasCode(error, 'invalid_input') && <Failure title={strings.saveFailed} error={error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={update.isPending}>
            {strings.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** Only what was changed is sent: what somebody else changed meanwhile stays. */
function changesOf(values: UserFormValues, user: ManagedUser) {
  const displayName = values.displayName.trim() || null;
  return {
    ...(values.email !== user.email && { email: values.email }),
    ...(values.name !== user.name && { name: values.name }),
    ...(displayName !== user.displayName && { displayName }),
    ...(values.roleId && values.roleId !== user.role.id && { roleId: values.roleId }),
  };
}
