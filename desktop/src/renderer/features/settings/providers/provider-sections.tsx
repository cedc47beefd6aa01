import type { OidcProvider } from '@catalyst/shared/features/oidc';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { Failure } from '../../../components/failure.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Section } from '../../../components/section.tsx';
import { strings } from './strings.ts';
import { useDeleteProvider, useTestProvider } from './use-providers.ts';

export function TestProviderSection({ provider }: { provider: OidcProvider }) {
  const test = useTestProvider(provider.id);
  return (
    <Section id="test" title={strings.test} hint={strings.testHint}>
      <div>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {strings.testAction}
        </Button>
      </div>
      {test.error && <Failure title={strings.testFailed} error={test.error} />}
      {test.data && (
        <Notice
          tone={test.data.answers ? 'success' : 'error'}
          urgent
          title={test.data.answers ? strings.testOk : strings.testBad}
        >
          {test.data.problem}
        </Notice>
      )}
    </Section>
  );
}

export function RemoveProviderSection({ provider: { id, name } }: { provider: OidcProvider }) {
  const navigate = useNavigate();
  const remove = useDeleteProvider();
  const [isAsking, setAsking] = useState(false);
  return (
    <Section id="remove" title={strings.remove} hint={strings.removeHint} isDangerous>
      <div>
        <Button variant="default" onClick={() => setAsking(true)}>
          {strings.remove}
        </Button>
      </div>
      {isAsking && (
        <ConfirmDialog
          title={strings.removeTitle(name)}
          confirmLabel={strings.remove}
          isBusy={remove.isPending}
          error={remove.error}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            remove.mutate(id, {
              onSuccess: () => {
                notifications.show({ message: strings.removed(name) });
                navigate('/settings/providers', { replace: true });
              },
            })
          }
        >
          {strings.removeText}
        </ConfirmDialog>
      )}
    </Section>
  );
}
