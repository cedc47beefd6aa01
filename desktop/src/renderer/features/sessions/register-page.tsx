import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate, useSearchParams } from 'react-router';
import { api } from '../../api/client.ts';
import { hasCode } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { useDocumentTitle } from '../../components/page-header.tsx';
import { SkeletonLines } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { BackToSignIn } from './back-to-sign-in.tsx';
import { EntryPage } from './entry-page.tsx';
import { entrySecrets } from './entry-secrets.ts';
import { RegisterForm } from './register-form.tsx';
import { isRegistrationOpen } from './registration-open.ts';
import { safeReturnPath } from './return-path.ts';
import { strings } from './strings.ts';
import { useMe } from './use-session.ts';
import { useSignInOptions } from './use-sign-in-options.ts';

/** Makes an account, where the panel lets people do that or an invitation was given. */
export function RegisterPage() {
  useDocumentTitle(strings.registerTitle);
  const token = entrySecrets.linkToken;
  const [search] = useSearchParams();
  const wanted = search.get('next');
  const me = useMe();
  const options = useSignInOptions();
  const invitation = useQuery({
    queryKey: keys.linkedInvitation(token ?? ''),
    queryFn: ({ signal }) => api.accounts.invitation({ body: { token: token ?? '' }, signal }),
    enabled: token !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const [mailedTo, setMailedTo] = useState<string>();

  if (me.data) return <Navigate to={safeReturnPath(wanted, location.origin)} replace />;
  if (mailedTo !== undefined) {
    return (
      <EntryPage title={strings.mailedTitle}>
        <Notice tone="success" urgent>
          {strings.mailedTo(mailedTo)}
        </Notice>
        <BackToSignIn />
      </EntryPage>
    );
  }
  const failure = token ? invitation.error : options.error;
  if (failure) {
    const isOver = token !== null && hasCode(failure, 'not_found', 'unauthenticated', 'invalid_credentials');
    return (
      <EntryPage title={strings.registerTitle}>
        {isOver ? (
          <Notice tone="error" title={strings.invitationFailedTitle}>
            {strings.invitationFailed}
          </Notice>
        ) : (
          <Failure
            title={strings.optionsFailed}
            error={failure}
            retry={() => void (token ? invitation : options).refetch()}
            isRetrying={options.isFetching || invitation.isFetching}
          />
        )}
        <BackToSignIn />
      </EntryPage>
    );
  }
  if (token ? !invitation.data : !options.data) {
    return (
      <EntryPage title={strings.registerTitle}>
        <div role="status" aria-label={shared.loading}>
          <SkeletonLines count={4} />
        </div>
      </EntryPage>
    );
  }
  if (!token && options.data && !isRegistrationOpen(options.data)) {
    return (
      <EntryPage title={strings.registrationOffTitle} lead={strings.registrationOff}>
        <BackToSignIn />
      </EntryPage>
    );
  }
  const by = invitation.data?.invitedBy;
  const lead = token
    ? by
      ? strings.invitedBy(by)
      : strings.invited
    : options.data?.registration === 'domain' &&
      strings.registerDomains(options.data?.domains.join(', ') ?? '');
  return (
    <EntryPage title={strings.registerTitle} {...(lead && { lead })}>
      <RegisterForm
        invitation={token ?? undefined}
        invitedEmail={invitation.data?.email ?? undefined}
        wanted={wanted}
        onMailed={setMailedTo}
      />
      <BackToSignIn />
    </EntryPage>
  );
}
