import { TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { RoleSelect } from './role-select.tsx';
import { strings } from './strings.ts';

export interface UserFormValues {
  email: string;
  name: string;
  displayName: string;
  roleId: string | null;
}

/** What an account is called and may do. */
export function UserFields({ form, isSelf }: { form: UseFormReturnType<UserFormValues>; isSelf: boolean }) {
  return (
    <>
      <TextInput
        label={strings.email}
        type="email"
        autoComplete="off"
        data-autofocus
        {...form.getInputProps('email')}
      />
      <TextInput
        label={strings.name}
        description={strings.nameHint}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <TextInput
        label={strings.displayName}
        description={strings.displayNameHint}
        maxLength={80}
        {...form.getInputProps('displayName')}
      />
      {!isSelf && <RoleSelect {...form.getInputProps('roleId')} />}
    </>
  );
}
