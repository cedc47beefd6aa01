import { NewUser } from '@catalyst/shared/features/users';
import { Button, Checkbox, Modal, PasswordInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { hasCode, issuesByField } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { validateWith } from '../../components/form-validation.ts';
import { strings as shared } from '../../components/strings.ts';
import { strings } from './strings.ts';
import { useCreateUser } from './use-users.ts';
import { UserFields, type UserFormValues } from './user-fields.tsx';

interface NewUserValues extends UserFormValues {
  password: string;
  mustChangePassword: boolean;
}

export function CreateUserDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const create = useCreateUser();
  const form = useForm<NewUserValues>({
    initialValues: {
      email: '',
      name: '',
      displayName: '',
      roleId: null,
      password: '',
      mustChangePassword: true,
    },
    validate: (values) => validateWith(NewUser)(bodyOf(values)),
  });
  const { error } = create;
  useEffect(() => form.setErrors(issuesByField(error)), [error, form.setErrors]);
  return (
    <Modal opened onClose={onClose} title={strings.createTitle}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit((values) =>
          create.mutate(bodyOf(values), {
            onSuccess: (user) => {
              notifications.show({ message: strings.created(user.name) });
              onClose();
              navigate(`/people/users/${user.id}`);
            },
          }),
        )}
      >
        <p>{strings.createLead}</p>
        <UserFields form={form as unknown as UseFormReturnType<UserFormValues>} isSelf={false} />
        <PasswordInput
          label={strings.password}
          description={strings.passwordHint}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        {form.values.password !== '' && (
          <Checkbox
            label={strings.mustChangePassword}
            {...form.getInputProps('mustChangePassword', { type: 'checkbox' })}
          />
        )}
        {error && !hasCode(error, 'invalid_input') && <Failure title={strings.createFailed} error={error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {strings.create}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function bodyOf({ displayName, roleId, password, mustChangePassword, ...rest }: NewUserValues) {
  return {
    ...rest,
    displayName: displayName.trim() || null,
    ...(roleId && { roleId }),
    ...(password !== '' && { password, mustChangePassword }),
  };
}
