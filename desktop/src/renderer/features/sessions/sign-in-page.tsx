import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { Link, Navigate, useSearchParams } from 'react-router';
import { api } from '../../api/client.ts';
import { hasCode } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { useObservable } from '../../api/observable.ts';
import { sessionEnd } from '../../api/session-end.ts';
import { Notice } from '../../components/notice.tsx';
import { useDocumentTitle } from '../../components/page-header.tsx';
import classes from './entry-page.module.css';
import { EntryPage } from './entry-page.tsx';
import { FactorStep } from './factor-step.tsx';
import { OtherWays } from './other-ways.tsx';
import { PasswordStep } from './password-step.tsx';
import { isRegistrationOpen } from './registration-open.ts';
import { ResetForm } from './reset-form.tsx';
import { safeReturnPath } from './return-path.ts';
import { strings } from './strings.ts';
import { isInsecureTransport } from './transport.ts';
import { type NextStep, useEnter } from './use-enter.ts';
import { useMe } from './use-session.ts';
import { useSignInOptions } from './use-sign-in-options.ts';

export function SignInPage() {
  useDocumentTitle(strings.signIn);
  const [search] = useSearchParams();
  const wanted = search.get('next');
  const enter = useEnter(wanted);
  const me = useMe();
  const setup = useSetupState();
  const { data: options } = useSignInOptions();
  const ended = useObservable(sessionEnd);
  const [step, setStep] = useState<NextStep>();
  const [news, setNews] = useState<string>();
  const goTo = (next: NextStep | undefined) => {
    setNews(undefined);
    setStep(next);
  };
  const leaveFactor = useCallback((isOver: boolean) => {
    setNews(isOver ? strings.challengeOver : undefined);
    setStep(undefined);
  }, []);

  if (setup.data) return <Navigate to="/setup" replace />;
  if (me.data) return <Navigate to={safeReturnPath(wanted, location.origin)} replace />;
  if (step?.what === 'factor') {
    return (
      <FactorStep challenge={step.challenge} onSignedIn={enter} onNextStep={goTo} onBack={leaveFactor} />
    );
  }
  if (step?.what === 'new-password') {
    const done = () => {
      setNews(strings.changedNowSignIn);
      setStep(undefined);
    };
    return (
      <EntryPage title={strings.mustChangeTitle} lead={strings.mustChangeLead}>
        <ResetForm token={step.token} onDone={done} />
        <div className={classes.links}>
          <button type="button" className={classes.link} onClick={() => goTo(undefined)}>
            {strings.backToSignIn}
          </button>
        </div>
      </EntryPage>
    );
  }
  return (
    <EntryPage title={strings.signInTo(location.host)}>
      {news && <Notice tone="info">{news}</Notice>}
      {ended !== null && !news && (
        <Notice tone="info" title={strings.ended}>
          {ended}
        </Notice>
      )}
      {isInsecureTransport(location) && (
        <Notice tone="warning" title={strings.insecureTitle}>
          {strings.insecure}
        </Notice>
      )}
      <PasswordStep onSignedIn={enter} onNextStep={goTo} />
      {options && <OtherWays options={options} wanted={wanted} onSignedIn={enter} />}
      {options?.passwordReset ? (
        <p className={classes.footnote}>
          <Link className={classes.link} to="/forgot">
            {strings.forgot}
          </Link>
        </p>
      ) : (
        <p className={classes.footnote}>{strings.forgotten}</p>
      )}
      {options && isRegistrationOpen(options) && (
        <p className={classes.footnote}>
          {strings.newHere}{' '}
          <Link className={classes.link} to="/register">
            {strings.createAccount}
          </Link>
        </p>
      )}
    </EntryPage>
  );
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
