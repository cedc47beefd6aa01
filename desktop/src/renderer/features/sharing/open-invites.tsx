import type { Server } from '@catalyst/shared/features/servers';
import type { ServerInvite } from '@catalyst/shared/features/subusers';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { sentenceOf } from '../../api/errors.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Failure } from '../../components/failure.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import classes from '../people/people-list.module.css';
import { mayOnServer } from '../servers/power.ts';
import { InviteLinkDialog } from './invite-link-dialog.tsx';
import { Rights } from './people-list.tsx';
import sharing from './sharing-tab.module.css';
import { strings } from './strings.ts';
import { useRenewInvite, useRevokeInvite, useServerInvites } from './use-sharing.ts';

/** Invitations to a server that nobody has accepted. Nothing is shown where there is none. */
export function OpenInvites({ server }: { server: Server }) {
  const { data, error, isFetching, refetch } = useServerInvites(server.id);
  const renew = useRenewInvite(server.id);
  const [revoked, setRevoked] = useState<ServerInvite>();
  const mayRenew = mayOnServer(server, 'subuser.write') && mayOnServer(server, 'subuser.delete');
  const mayRevoke = mayOnServer(server, 'subuser.delete');
  const close = () => setRevoked(undefined);
  if (!error && !data?.length && !renew.data) return null;
  return (
    <section className={sharing.part} aria-labelledby="sharing-invites">
      <div>
        <h2 className={sharing.title} id="sharing-invites">
          {strings.invites}
        </h2>
        <p className={sharing.hint}>{strings.invitesHint}</p>
      </div>
      {error && (
        <Failure
          title={strings.invitesFailed}
          error={error}
          retry={() => void refetch()}
          isRetrying={isFetching}
        />
      )}
      {data && data.length > 0 && (
        <ul className={classes.list}>
          {data.map((invite) => {
            const who = invite.email ?? strings.anyone;
            return (
              <li key={invite.id} className={classes.item}>
                <div className={classes.who}>
                  <span className={classes.name}>{who}</span>
                  <div className={classes.sub}>
                    <span>{strings.by(invite.invitedBy.name)}</span>
                    <span>
                      {strings.expires} <RelativeTime at={invite.expiresAt} />
                    </span>
                  </div>
                </div>
                <Rights permissions={invite.permissions} />
                <div className={classes.actions}>
                  {mayRenew && (
                    <Button
                      variant="default"
                      size="xs"
                      title={strings.renewHint}
                      aria-label={strings.renewOf(who)}
                      loading={renew.isPending && renew.variables.id === invite.id}
                      onClick={() =>
                        renew.mutate(invite, {
                          onError: (failure) =>
                            notifications.show({
                              color: 'red',
                              title: strings.renewFailed,
                              message: sentenceOf(failure),
                            }),
                        })
                      }
                    >
                      {strings.renew}
                    </Button>
                  )}
                  {mayRevoke && (
                    <Button
                      variant="default"
                      size="xs"
                      aria-label={strings.revokeOf(who)}
                      onClick={() => setRevoked(invite)}
                    >
                      {strings.revoke}
                    </Button>
                  )}
                </div>
              </li>
            );
          })}
        </ul>
      )}
      {renew.data && <InviteLinkDialog invite={renew.data} onClose={renew.reset} />}
      {revoked && <RevokeDialog serverId={server.id} invite={revoked} onClose={close} />}
    </section>
  );
}

interface RevokeDialogProps {
  serverId: string;
  invite: ServerInvite;
  onClose: () => void;
}

function RevokeDialog({ serverId, invite, onClose }: RevokeDialogProps) {
  const revoke = useRevokeInvite(serverId);
  return (
    <ConfirmDialog
      title={strings.revokeTitle}
      confirmLabel={strings.revoke}
      isBusy={revoke.isPending}
      error={revoke.error}
      onClose={onClose}
      onConfirm={() =>
        revoke.mutate(invite.id, {
          onSuccess: () => {
            notifications.show({ message: strings.revoked });
            onClose();
          },
        })
      }
    >
      {strings.revokeText}
    </ConfirmDialog>
  );
}
