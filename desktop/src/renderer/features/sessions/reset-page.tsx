import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { Notice } from '../../components/notice.tsx';
import { useDocumentTitle } from '../../components/page-header.tsx';
import { BackToSignIn } from './back-to-sign-in.tsx';
import { EntryPage } from './entry-page.tsx';
import { entrySecrets } from './entry-secrets.ts';
import { ResetForm } from './reset-form.tsx';
import { strings } from './strings.ts';

/** Sets a new password by a link. */
export function ResetPage() {
  useDocumentTitle(strings.resetTitle);
  const token = entrySecrets.linkToken;
  const [isDone, setDone] = useState(false);
  if (isDone) {
    return (
      <EntryPage title={strings.resetDone} lead={strings.resetDoneText}>
        <Button component={Link} to="/sign-in" fullWidth autoFocus>
          {strings.signIn}
        </Button>
      </EntryPage>
    );
  }
  return (
    <EntryPage title={strings.resetTitle} {...(token && { lead: strings.resetLead })}>
      {token ? (
        <ResetForm token={token} onDone={() => setDone(true)} />
      ) : (
        <Notice tone="error" urgent title={strings.linkFailedTitle}>
          {strings.linkMissing}
        </Notice>
      )}
      <BackToSignIn />
    </EntryPage>
  );
}
