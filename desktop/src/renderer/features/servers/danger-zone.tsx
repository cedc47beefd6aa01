import { isRemovable, isTransitionAllowed, isUp } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Section } from '../../components/section.tsx';
import classes from './danger-zone.module.css';
import { KeepChoice } from './keep-choice.tsx';
import { mayOnServer } from './power.ts';
import { ReinstallDialog } from './reinstall-dialog.tsx';
import { settingsStrings as strings } from './settings-strings.ts';
import { SuspensionRow } from './suspension-row.tsx';
import { useDeleteServer } from './use-server-changes.ts';

/** What disturbs its people, or cannot be taken back. */
export function DangerZone({ server }: { server: Server }) {
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'reinstall' | 'delete'>();
  const [isKept, setKept] = useState(false);
  const remove = useDeleteServer(server.id);
  const mayReinstall = mayOnServer(server, 'server.install');
  const mayDelete = mayOnServer(server, 'server.delete');
  const canReinstall = isTransitionAllowed(server.state, 'installing', 'panel');
  const canDelete = isRemovable(server.state);
  const stopFirst = isUp(server.state) && strings.stopFirst;
  const close = () => setAsked(undefined);
  const maySuspend = mayOnServer(server, 'server.suspend');
  if (!mayReinstall && !mayDelete && !maySuspend) return null;
  return (
    <Section id="danger" title={strings.danger} isDangerous>
      {mayReinstall && (
        <div className={classes.row}>
          <div className={classes.text}>
            <h3 className={classes.title}>{strings.reinstall}</h3>
            <p className={classes.hint}>
              {strings.reinstallHint} {stopFirst}
            </p>
          </div>
          <Button variant="default" disabled={!canReinstall} onClick={() => setAsked('reinstall')}>
            {strings.reinstall}…
          </Button>
        </div>
      )}
      {maySuspend && <SuspensionRow server={server} />}
      {mayDelete && (
        <div className={classes.row}>
          <div className={classes.text}>
            <h3 className={classes.title}>{strings.delete}</h3>
            <p className={classes.hint}>
              {strings.deleteHint} {stopFirst}
            </p>
          </div>
          <Button color="red" variant="filled" disabled={!canDelete} onClick={() => setAsked('delete')}>
            {strings.delete}…
          </Button>
        </div>
      )}
      {asked === 'reinstall' && (
        <ReinstallDialog
          server={server}
          onClose={close}
          onDone={() => {
            close();
            navigate(`/servers/${server.id}`);
          }}
        />
      )}
      {asked === 'delete' && (
        <ConfirmDialog
          title={strings.deleteTitle(server.name)}
          confirmLabel={strings.delete}
          typedName={server.name}
          isBusy={remove.isPending}
          error={remove.error}
          onClose={close}
          onConfirm={() =>
            remove.mutate(isKept ? 'keep' : 'wipe', {
              onSuccess: () => {
                notifications.show({ message: strings.deleted(server.name) });
                navigate('/servers');
              },
            })
          }
        >
          <p>
            {isKept
              ? strings.deleteTextKept(server.name, server.node.name)
              : strings.deleteText(server.name, server.node.name)}
          </p>
          <KeepChoice isKept={isKept} onChange={setKept} />
        </ConfirmDialog>
      )}
    </Section>
  );
}
