import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { Section } from '../../../components/section.tsx';
import { strings } from './strings.ts';
import { useRemoveMail } from './use-mail.ts';

export function RemoveMailSection() {
  const remove = useRemoveMail();
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
          title={strings.removeTitle}
          confirmLabel={strings.removeAction}
          isBusy={remove.isPending}
          error={remove.error}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            remove.mutate(undefined, {
              onSuccess: () => {
                setAsking(false);
                notifications.show({ message: strings.removed });
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
