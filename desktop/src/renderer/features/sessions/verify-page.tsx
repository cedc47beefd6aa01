import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { Notice } from '../../components/notice.tsx';
import { useDocumentTitle } from '../../components/page-header.tsx';
import { BackToSignIn } from './back-to-sign-in.tsx';
import { EntryPage } from './entry-page.tsx';
import { entrySecrets } from './entry-secrets.ts';
import { isDeadLink, LinkFailure } from './link-failure.tsx';
import { strings } from './strings.ts';
import { useMe } from './use-session.ts';
import { useWaitSeconds } from './use-wait-seconds.ts';

/** Proves an e-mail address. By a button: programs that look into mails follow links, but press nothing. */
export function VerifyPage() {
  useDocumentTitle(strings.verifyTitle);
  const token = entrySecrets.linkToken;
  const queryClient = useQueryClient();
  const me = useMe();
  const verify = useMutation({
    mutationFn: (proof: string) => api.accounts.verify({ body: { token: proof } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.me }),
  });
  const waitSeconds = useWaitSeconds(verify.error);
  if (verify.isSuccess) {
    const { purpose, email } = verify.data;
    return (
      <EntryPage title={strings.verified} lead={strings.verifiedText[purpose](email)}>
        <Button component={Link} to={me.data ? '/account' : '/sign-in'} fullWidth autoFocus>
          {me.data ? strings.toAccount : strings.signIn}
        </Button>
      </EntryPage>
    );
  }
  const isUsable = token !== null && !isDeadLink(verify.error);
  return (
    <EntryPage title={strings.verifyTitle} {...(isUsable && { lead: strings.verifyLead })}>
      {token === null && (
        <Notice tone="error" urgent title={strings.linkFailedTitle}>
          {strings.linkMissing}
        </Notice>
      )}
      <LinkFailure error={verify.error} title={strings.verifyFailed} waitSeconds={waitSeconds} />
      {isUsable && (
        <Button
          fullWidth
          autoFocus
          loading={verify.isPending}
          disabled={waitSeconds > 0}
          onClick={() => verify.mutate(token)}
        >
          {waitSeconds > 0 ? strings.waitButton(waitSeconds) : strings.verify}
        </Button>
      )}
      <BackToSignIn />
    </EntryPage>
  );
}
