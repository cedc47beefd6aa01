import type { Server } from '@catalyst/shared/features/servers';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import classes from './sharing-tab.module.css';
import { strings } from './strings.ts';
import { useLeave } from './use-sharing.ts';

export function LeaveServer({ server }: { server: Server }) {
  const navigate = useNavigate();
  const leave = useLeave(server.id);
  const [isAsking, setAsking] = useState(false);
  return (
    <div className={classes.row}>
      <div className={classes.text}>
        <h3 className={classes.title}>{strings.leaveServer}</h3>
        <p className={classes.hint}>{strings.leaveHint}</p>
      </div>
      <Button variant="default" onClick={() => setAsking(true)}>
        {strings.leave}…
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={strings.leaveTitle(server.name)}
          confirmLabel={strings.leave}
          isBusy={leave.isPending}
          error={leave.error}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            leave.mutate(undefined, {
              onSuccess: () => {
                notifications.show({ message: strings.left(server.name) });
                navigate('/servers');
              },
            })
          }
        >
          {strings.leaveHint}
        </ConfirmDialog>
      )}
    </div>
  );
}
