import { Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { hasCode, issuesByField } from '../../api/errors.ts';
import { Section } from '../../components/section.tsx';
import { EntryError } from '../sessions/entry-error.tsx';
import { NewPasswordField, passwordProblem, useMinPasswordLength } from '../sessions/new-password-field.tsx';
import { useUser } from '../sessions/use-session.ts';
import { useWaitSeconds } from '../sessions/use-wait-seconds.ts';
import classes from './account-page.module.css';
import { strings } from './strings.ts';
import { useChangePassword } from './use-account.ts';

/** Changes the password, or sets the first one of an account that signs in by other ways. */
export function PasswordSection({ hasPassword }: { hasPassword: boolean }) {
  const { email } = useUser();
  const minLength = useMinPasswordLength();
  const change = useChangePassword();
  const waitSeconds = useWaitSeconds(change.error);
  const form = useForm({
    initialValues: { currentPassword: '', password: '' },
    validate: {
      currentPassword: (text) => (hasPassword && text === '' ? strings.fillIn : null),
      password: (text) => passwordProblem(text, minLength),
    },
  });
  useEffect(() => form.setErrors(errorsOf(change.error)), [change.error, form.setErrors]);
  const save = ({ currentPassword, password }: typeof form.values) => {
    if (waitSeconds > 0) return;
    change.mutate(
      { password, ...(hasPassword && { currentPassword }) },
      {
        onSuccess: () => {
          form.reset();
          notifications.show({ message: hasPassword ? strings.passwordChanged : strings.passwordSet });
        },
      },
    );
  };
  const isFieldError = Object.keys(errorsOf(change.error)).length > 0;
  return (
    <Section
      id="password"
      title={strings.password}
      hint={hasPassword ? strings.passwordHint : strings.noPasswordHint}
    >
      <form className={classes.form} noValidate onSubmit={form.onSubmit(save)}>
        {/* For password managers, which keep a password beside a name. */}
        <input type="text" autoComplete="username" value={email} readOnly hidden />
        {hasPassword && (
          <PasswordInput
            label={strings.currentPassword}
            autoComplete="current-password"
            maxLength={256}
            {...form.getInputProps('currentPassword')}
          />
        )}
        <NewPasswordField label={strings.newPassword} {...form.getInputProps('password')} />
        {!isFieldError && (
          <EntryError error={change.error} title={strings.passwordFailed} waitSeconds={waitSeconds} />
        )}
        <Button type="submit" variant="default" loading={change.isPending} disabled={waitSeconds > 0}>
          {hasPassword ? strings.changePassword : strings.setPassword}
        </Button>
      </form>
    </Section>
  );
}

function errorsOf(error: unknown): Record<string, string> {
  const issues = issuesByField(error);
  return hasCode(error, 'invalid_credentials')
    ? { ...issues, currentPassword: strings.wrongPassword }
    : issues;
}
