import { Registration } from '@catalyst/shared/features/accounts';
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { issuesByField } from '../../api/errors.ts';
import { validateWith } from '../../components/form-validation.ts';
import { EntryError } from './entry-error.tsx';
import classes from './entry-page.module.css';
import { NewPasswordField, passwordProblem, useMinPasswordLength } from './new-password-field.tsx';
import { strings } from './strings.ts';
import { suggestedName } from './suggested-name.ts';
import { useEnter } from './use-enter.ts';
import { useWaitSeconds } from './use-wait-seconds.ts';

interface RegisterFormProps {
  /** The token of an invitation. */
  invitation: string | undefined;
  /** For whom the invitation is, if for one address only. */
  invitedEmail: string | undefined;
  /** Where to go with the new account. */
  wanted: string | null;
  /** The panel mailed a link that has to be opened first. */
  onMailed: (email: string) => void;
}

interface Fields {
  email: string;
  name: string;
  displayName: string;
  password: string;
}

export function RegisterForm({ invitation, invitedEmail, wanted, onMailed }: RegisterFormProps) {
  const enter = useEnter(wanted);
  const minLength = useMinPasswordLength();
  const toBody = ({ displayName, ...fields }: Fields) => ({
    ...fields,
    ...(displayName.trim() && { displayName }),
    ...(invitation && { invitation }),
  });
  const form = useForm<Fields>({
    initialValues: {
      email: invitedEmail ?? '',
      name: suggestedName(invitedEmail ?? ''),
      displayName: '',
      password: '',
    },
    validate: (values) => {
      const tooShort = passwordProblem(values.password, minLength);
      return { ...validateWith(Registration)(toBody(values)), ...(tooShort && { password: tooShort }) };
    },
    validateInputOnBlur: ['email', 'name', 'displayName'],
  });
  const register = useMutation({
    mutationFn: (values: Fields) => api.accounts.register({ body: toBody(values) }),
    onSuccess: (answer) => ('user' in answer ? enter(answer) : onMailed(answer.email)),
  });
  const { error } = register;
  const waitSeconds = useWaitSeconds(error);
  useEffect(() => form.setErrors(issuesByField(error)), [error, form.setErrors]);
  /** The name follows the address until it is typed by hand. */
  const setEmail = (email: string) => {
    if (form.values.name === suggestedName(form.values.email))
      form.setFieldValue('name', suggestedName(email));
    form.setFieldValue('email', email);
  };
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit((values) => {
        if (waitSeconds === 0) register.mutate(values);
      })}
    >
      <TextInput
        label={strings.email}
        type="email"
        autoComplete="username"
        readOnly={invitedEmail !== undefined}
        autoFocus={invitedEmail === undefined}
        {...form.getInputProps('email')}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <TextInput
        label={strings.name}
        description={strings.nameHint}
        autoComplete="nickname"
        spellCheck={false}
        autoCapitalize="none"
        autoFocus={invitedEmail !== undefined}
        {...form.getInputProps('name')}
      />
      <TextInput label={strings.displayName} autoComplete="name" {...form.getInputProps('displayName')} />
      <NewPasswordField label={strings.password} {...form.getInputProps('password')} />
      {!hasFieldIssues(error) && (
        <EntryError error={error} title={strings.registerFailed} waitSeconds={waitSeconds} />
      )}
      <Button type="submit" fullWidth loading={register.isPending} disabled={waitSeconds > 0}>
        {waitSeconds > 0 ? strings.waitButton(waitSeconds) : strings.register}
      </Button>
    </form>
  );
}

const hasFieldIssues = (error: unknown): boolean => Object.keys(issuesByField(error)).length > 0;
