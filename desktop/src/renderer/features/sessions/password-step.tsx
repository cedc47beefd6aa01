import type { User } from '@catalyst/shared/features/users';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/client.ts';
import { EntryError } from './entry-error.tsx';
import classes from './entry-page.module.css';
import { strings } from './strings.ts';
import { type NextStep, nextStepOf } from './use-enter.ts';
import { useMe } from './use-session.ts';
import { useWaitSeconds } from './use-wait-seconds.ts';

interface PasswordStepProps {
  onSignedIn: (signedIn: { user: User }) => void;
  onNextStep: (step: NextStep) => void;
}

export function PasswordStep({ onSignedIn, onNextStep }: PasswordStepProps) {
  const me = useMe();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => api.sessions.login({ body: { email, password } }),
    onSuccess: onSignedIn,
    onError: (error) => {
      const next = nextStepOf(error);
      if (next) onNextStep(next);
    },
  });
  const waitSeconds = useWaitSeconds(signIn.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (waitSeconds === 0) signIn.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        label={strings.email}
        type="email"
        name="email"
        autoComplete="username"
        required
        withAsterisk={false}
        autoFocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label={strings.password}
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        maxLength={256}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <EntryError
        error={nextStepOf(signIn.error) ? null : signIn.error}
        title={strings.failed}
        wrong={strings.wrong}
        waitSeconds={waitSeconds}
        isUnreachable={me.isError}
      />
      <Button type="submit" fullWidth loading={signIn.isPending} disabled={waitSeconds > 0}>
        {waitSeconds > 0 ? strings.waitButton(waitSeconds) : strings.signIn}
      </Button>
    </form>
  );
}
