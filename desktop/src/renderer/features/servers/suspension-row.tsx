import type { Server } from '@catalyst/shared/features/servers';
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import classes from './danger-zone.module.css';
import { settingsStrings as strings } from './settings-strings.ts';
import { useSuspension } from './use-server-changes.ts';

const longestReason = 500;

/** Takes a server out of use, and gives it back. */
export function SuspensionRow({ server }: { server: Server }) {
  const [isAsked, setIsAsked] = useState(false);
  const [reason, setReason] = useState('');
  const { suspend, unsuspend } = useSuspension(server.id);
  const isSuspended = server.suspendedAt !== null;
  const close = () => setIsAsked(false);
  return (
    <div className={classes.row}>
      <div className={classes.text}>
        <h3 className={classes.title}>{isSuspended ? strings.unsuspend : strings.suspend}</h3>
        <p className={classes.hint}>{isSuspended ? strings.unsuspendHint : strings.suspendHint}</p>
      </div>
      {isSuspended ? (
        <Button variant="default" loading={unsuspend.isPending} onClick={() => unsuspend.mutate()}>
          {strings.unsuspend}
        </Button>
      ) : (
        <Button variant="default" onClick={() => setIsAsked(true)}>
          {strings.suspend}…
        </Button>
      )}
      {isAsked && (
        <ConfirmDialog
          title={strings.suspendTitle(server.name)}
          confirmLabel={strings.suspend}
          isBusy={suspend.isPending}
          error={suspend.error}
          onClose={close}
          onConfirm={() => suspend.mutate(reason.trim(), { onSuccess: close })}
        >
          <p>{strings.suspendText}</p>
          <Textarea
            label={strings.suspendReason}
            description={strings.suspendReasonHint}
            value={reason}
            maxLength={longestReason}
            autosize
            minRows={2}
            maxRows={6}
            mt="sm"
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </ConfirmDialog>
      )}
    </div>
  );
}
