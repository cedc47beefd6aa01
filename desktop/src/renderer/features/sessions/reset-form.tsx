import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/client.ts';
import { issuesByField } from '../../api/errors.ts';
import classes from './entry-page.module.css';
import { isDeadLink, LinkFailure } from './link-failure.tsx';
import { NewPasswordField, passwordProblem, useMinPasswordLength } from './new-password-field.tsx';
import { strings } from './strings.ts';
import { useWaitSeconds } from './use-wait-seconds.ts';

interface ResetFormProps {
  /** Of a link, or of a sign-in that asks for a new password. */
  token: string;
  onDone: () => void;
}

/** Sets a new password without knowing the old one. */
export function ResetForm({ token, onDone }: ResetFormProps) {
  const minLength = useMinPasswordLength();
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const reset = useMutation({
    mutationFn: () => api.accounts.reset({ body: { token, password } }),
    onSuccess: onDone,
  });
  const waitSeconds = useWaitSeconds(reset.error);
  const refused = issuesByField(reset.error).password;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = passwordProblem(password, minLength);
    setProblem(found);
    if (found === null && waitSeconds === 0) reset.mutate();
  };
  if (isDeadLink(reset.error)) {
    return <LinkFailure error={reset.error} title={strings.resetFailed} waitSeconds={0} />;
  }
  return (
    <form className={classes.form} noValidate onSubmit={submit}>
      <NewPasswordField
        label={strings.newPassword}
        autoFocus
        value={password}
        error={problem ?? refused}
        onChange={(event) => {
          setPassword(event.currentTarget.value);
          setProblem(null);
          if (refused) reset.reset();
        }}
      />
      {!refused && <LinkFailure error={reset.error} title={strings.resetFailed} waitSeconds={waitSeconds} />}
      <Button type="submit" fullWidth loading={reset.isPending} disabled={waitSeconds > 0}>
        {waitSeconds > 0 ? strings.waitButton(waitSeconds) : strings.reset}
      </Button>
    </form>
  );
}
