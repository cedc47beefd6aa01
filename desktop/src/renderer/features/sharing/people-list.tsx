import type { Server } from '@catalyst/shared/features/servers';
import { type Subuser, subuserPresets } from '@catalyst/shared/features/subusers';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import classes from '../people/people-list.module.css';
import { summaryOfGrants } from '../roles/grant-summary.ts';
import { mayOnServer } from '../servers/power.ts';
import { useUser } from '../sessions/use-session.ts';
import { EditRightsDialog } from './edit-rights-dialog.tsx';
import { mayChangeSubuser, presetOf } from './rights.ts';
import sharing from './sharing-tab.module.css';
import { strings } from './strings.ts';
import { useRemoveSubuser } from './use-sharing.ts';

interface PeopleListProps {
  server: Server;
  subusers: readonly Subuser[];
}

/** The owner and everybody the server is shared with. */
export function PeopleList({ server, subusers }: PeopleListProps) {
  const me = useUser();
  const [dialog, setDialog] = useState<{ what: 'edit' | 'remove'; subuser: Subuser }>();
  const close = () => setDialog(undefined);
  return (
    <>
      <ul className={classes.list}>
        <li className={classes.item}>
          <div className={classes.who}>
            <div className={classes.first}>
              <span className={classes.name}>{server.owner.name}</span>
              <span className={classes.tag}>{strings.owner}</span>
              {server.owner.id === me.id && <span className={classes.tag}>{strings.you}</span>}
            </div>
          </div>
          <p className={classes.what}>{strings.ownerRights}</p>
        </li>
        {subusers.map((subuser) => (
          <SubuserItem
            key={subuser.user.id}
            server={server}
            subuser={subuser}
            onDialog={(what) => setDialog({ what, subuser })}
          />
        ))}
        {subusers.length === 0 && <li className={sharing.alone}>{strings.alone}</li>}
      </ul>
      {dialog?.what === 'edit' && (
        <EditRightsDialog server={server} subuser={dialog.subuser} onClose={close} />
      )}
      {dialog?.what === 'remove' && (
        <RemoveDialog serverId={server.id} subuser={dialog.subuser} onClose={close} />
      )}
    </>
  );
}

interface SubuserItemProps {
  server: Server;
  subuser: Subuser;
  onDialog: (what: 'edit' | 'remove') => void;
}

function SubuserItem({ server, subuser, onDialog }: SubuserItemProps) {
  const me = useUser();
  const { user, permissions, createdAt } = subuser;
  const isMe = user.id === me.id;
  const mayEdit = mayOnServer(server, 'subuser.write') && !isMe;
  const mayRemove = mayOnServer(server, 'subuser.delete') && !isMe;
  const reason = mayChangeSubuser(server, subuser, me) ? undefined : strings.holdsMore;
  return (
    <li className={classes.item}>
      <div className={classes.who}>
        <div className={classes.first}>
          <span className={classes.name}>{user.displayName ?? user.name}</span>
          {isMe && <span className={classes.tag}>{strings.you}</span>}
        </div>
        <div className={classes.sub}>
          <span>{user.email}</span>
          <span>
            {strings.since} <RelativeTime at={createdAt} />
          </span>
        </div>
      </div>
      <Rights permissions={permissions} />
      <div className={classes.actions}>
        {mayEdit && (
          <Button
            variant="default"
            size="xs"
            disabled={reason !== undefined}
            title={reason}
            aria-label={strings.editOf(user.name)}
            onClick={() => onDialog('edit')}
          >
            {strings.edit}
          </Button>
        )}
        {mayRemove && (
          <Button
            variant="default"
            size="xs"
            disabled={reason !== undefined}
            title={reason}
            aria-label={strings.removeOf(user.name)}
            onClick={() => onDialog('remove')}
          >
            {strings.remove}
          </Button>
        )}
      </div>
    </li>
  );
}

/** Rights as their usual name, or what they are about. */
export function Rights({ permissions }: { permissions: readonly string[] }) {
  const preset = presetOf(permissions);
  return (
    <p className={classes.what}>
      {preset ? (
        <>
          {subuserPresets[preset].name}: {subuserPresets[preset].description.toLowerCase()}
        </>
      ) : (
        <>
          {strings.custom}, {strings.rights(permissions.length)}: {summaryOfGrants(permissions)}
        </>
      )}
    </p>
  );
}

interface RemoveDialogProps {
  serverId: string;
  subuser: Subuser;
  onClose: () => void;
}

function RemoveDialog({ serverId, subuser: { user }, onClose }: RemoveDialogProps) {
  const remove = useRemoveSubuser(serverId, user.id);
  return (
    <ConfirmDialog
      title={strings.removeTitle(user.name)}
      confirmLabel={strings.remove}
      isBusy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(undefined, {
          onSuccess: () => {
            notifications.show({ message: strings.removed(user.name) });
            onClose();
          },
        })
      }
    >
      {strings.removeText(user.name)}
    </ConfirmDialog>
  );
}
