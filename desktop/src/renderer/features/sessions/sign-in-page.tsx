import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { Navigate, useNavigate, useSearchParams } from 'react-router';
import { api } from '../../api/client.ts';
import { hasCode } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { useObservable } from '../../api/observable.ts';
import { sessionEnd } from '../../api/session-end.ts';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { useDocumentTitle } from '../../components/page-header.tsx';
import { useNow } from '../../components/relative-time.tsx';
import classes from './entry-page.module.css';
import { EntryPage } from './entry-page.tsx';
import { PanelUnreachable } from './panel-unreachable.tsx';
import { safeReturnPath } from './return-path.ts';
import { strings } from './strings.ts';
import { isInsecureTransport } from './transport.ts';
import { useBeginSession, useMe } from './use-session.ts';

export function SignInPage() {
  useDocumentTitle(strings.signIn);
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const begin = useBeginSession();
  const me = useMe();
  const setup = useSetupState();
  const ended = useObservable(sessionEnd);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const next = safeReturnPath(search.get('next'), location.origin);
  const signIn = useMutation({
    mutationFn: () => api.sessions.login({ body: { email, password } }),
    onSuccess: ({ user }) => {
      begin(user);
      navigate(next, { replace: true });
    },
  });
  const waitSeconds = useWaitSeconds(signIn.error, signIn.submittedAt);

  if (setup.data) return <Navigate to="/setup" replace />;
  if (me.data) return <Navigate to={next} replace />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (waitSeconds === 0) signIn.mutate();
  };
  return (
    <EntryPage title={strings.signInTo(location.host)}>
      {ended !== null && signIn.isIdle && (
        <Notice tone="info" title={strings.ended}>
          {ended}
        </Notice>
      )}
      {isInsecureTransport(location) && (
        <Notice tone="warning" title={strings.insecureTitle}>
          {strings.insecure}
        </Notice>
      )}
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
        <SignInError error={signIn.error} waitSeconds={waitSeconds} isUnreachable={me.isError} />
        <Button type="submit" fullWidth loading={signIn.isPending} disabled={waitSeconds > 0}>
          {waitSeconds > 0 ? strings.waitButton(waitSeconds) : strings.signIn}
        </Button>
      </form>
      <p className={classes.footnote}>{strings.forgotten}</p>
    </EntryPage>
  );
}

function SignInError(props: { error: unknown; waitSeconds: number; isUnreachable: boolean }) {
  const { error, waitSeconds } = props;
  if (waitSeconds > 0) {
    return (
      <Notice tone="warning" urgent title={strings.waitTitle}>
        {strings.wait(waitSeconds)}
      </Notice>
    );
  }
  if (hasCode(error, 'rate_limited')) return null;
  if (hasCode(error, 'unavailable') || props.isUnreachable) return <PanelUnreachable />;
  if (hasCode(error, 'invalid_credentials', 'invalid_input')) {
    return (
      <Notice tone="error" urgent>
        {strings.wrong}
      </Notice>
    );
  }
  return error ? <Failure title={strings.failed} error={error} /> : null;
}

/** A panel without an administrator asks for one instead; one that has answers 404. */
function useSetupState() {
  return useQuery({
    queryKey: keys.setup,
    queryFn: async ({ signal }) => {
      try {
        return await api.sessions.setupState({ signal });
      } catch (error) {
        if (hasCode(error, 'not_found')) return null;
        throw error;
      }
    },
    retry: false,
  });
}

function useWaitSeconds(error: unknown, failedAt: number): number {
  const now = useNow();
  const [until, setUntil] = useState(0);
  useEffect(() => {
    if (hasCode(error, 'rate_limited')) setUntil(Date.now() + (error.retryAfterSeconds ?? 30) * 1000);
  }, [error]);
  if (failedAt === 0 || !hasCode(error, 'rate_limited')) return 0;
  // The page's clock may be a second behind, which must not add to the wait.
  const seconds = Math.ceil((until - now.getTime()) / 1000);
  return Math.min(Math.max(0, seconds), error.retryAfterSeconds ?? 30);
}
