import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../api/client.ts';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { useDocumentTitle } from '../../components/page-header.tsx';
import { SkeletonLines } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { BackToSignIn } from './back-to-sign-in.tsx';
import { EntryPage } from './entry-page.tsx';
import { entrySecrets } from './entry-secrets.ts';
import { FactorStep } from './factor-step.tsx';
import { tellProof } from './proof-channel.ts';
import { strings } from './strings.ts';
import { keptReturnPath, useEnter } from './use-enter.ts';

/** Where a provider sends the browser back to: ends what was begun, signing in or proving who sits there. */
export function CallbackPage() {
  useDocumentTitle(strings.callbackTitle);
  const { callback } = entrySecrets;
  const navigate = useNavigate();
  const enter = useEnter(keptReturnPath());
  // The answer counts once, so it is sent once, however often the page is drawn.
  const { data, error } = useQuery({
    queryKey: ['sign-in-callback'],
    queryFn: () => api.oidc.finish({ body: { search: callback ?? '' } }),
    enabled: callback !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each outcome
  useEffect(() => {
    if (data?.signedIn) enter(data.signedIn);
    if (data?.reauthenticated) {
      tellProof();
      window.close();
    }
    if (data?.purpose === 'link' && !data.challenge) {
      notifications.show({ message: strings.linked });
      navigate('/account/security', { replace: true });
    }
  }, [data]);

  if (data?.challenge) {
    return (
      <FactorStep
        challenge={data.challenge}
        onSignedIn={enter}
        onNextStep={() => navigate('/sign-in', { replace: true })}
        onBack={() => navigate('/sign-in', { replace: true })}
      />
    );
  }
  return (
    <EntryPage title={data?.reauthenticated ? strings.proofTitle : strings.callbackTitle}>
      {callback === null && <Notice tone="info">{strings.callbackNothing}</Notice>}
      {error && <Failure title={strings.callbackFailed} error={error} />}
      {data?.reauthenticated && <Notice tone="success">{strings.callbackConfirmed}</Notice>}
      {callback !== null && !error && !data?.reauthenticated && (
        <div role="status" aria-label={shared.loading}>
          <SkeletonLines count={2} />
        </div>
      )}
      {(error || callback === null) && <BackToSignIn />}
    </EntryPage>
  );
}
