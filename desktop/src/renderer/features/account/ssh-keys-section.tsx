import type { SshKey } from '@catalyst/shared/features/sftp';
import { ActionIcon, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconKey, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Failure } from '../../components/failure.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Section } from '../../components/section.tsx';
import classes from './account-page.module.css';
import { AddSshKeyDialog } from './add-ssh-key-dialog.tsx';
import { strings } from './strings.ts';
import { useRemoveSshKey, useSshKeys } from './use-ssh-keys.ts';

export function SshKeysSection() {
  const { data: sshKeys, error, isFetching, refetch } = useSshKeys();
  const [dialog, setDialog] = useState<'add' | SshKey>();
  const close = () => setDialog(undefined);
  return (
    <Section id="ssh-keys" title={strings.sshKeys} hint={strings.sshKeysHint}>
      {error && !sshKeys && (
        <Failure
          title={strings.sshKeysFailed}
          error={error}
          retry={() => void refetch()}
          isRetrying={isFetching}
        />
      )}
      {sshKeys && sshKeys.length > 0 && (
        <ul className={classes.items}>
          {sshKeys.map((sshKey) => (
            <li key={sshKey.id} className={classes.item}>
              <IconKey size={20} stroke={1.6} className={classes.icon} aria-hidden />
              <SshKeyWords sshKey={sshKey} />
              <div className={classes.actions}>
                <ActionIcon aria-label={strings.removeSshKey(sshKey.name)} onClick={() => setDialog(sshKey)}>
                  <IconTrash size={16} />
                </ActionIcon>
              </div>
            </li>
          ))}
        </ul>
      )}
      <div className={classes.line}>
        {sshKeys?.length === 0 && <span className={classes.sub}>{strings.noSshKeys}</span>}
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setDialog('add')}>
          {strings.addSshKey}
        </Button>
      </div>
      {dialog === 'add' && <AddSshKeyDialog onClose={close} />}
      {dialog && dialog !== 'add' && <RemoveDialog sshKey={dialog} onClose={close} />}
    </Section>
  );
}

function SshKeyWords({ sshKey }: { sshKey: SshKey }) {
  return (
    <div className={classes.who}>
      <div className={classes.state}>
        <span className={classes.strong}>{sshKey.name}</span>
        <span className={classes.tag}>{sshKey.type}</span>
      </div>
      <code className={classes.fingerprint}>{sshKey.fingerprint}</code>
      <div className={classes.facts}>
        <span>
          {sshKey.lastUsedAt ? (
            <>
              {strings.lastUsed} <RelativeTime at={sshKey.lastUsedAt} />
            </>
          ) : (
            strings.neverUsed
          )}
        </span>
        <span>
          {strings.created} <RelativeTime at={sshKey.createdAt} />
        </span>
      </div>
    </div>
  );
}

function RemoveDialog({ sshKey: { id, name }, onClose }: { sshKey: SshKey; onClose: () => void }) {
  const remove = useRemoveSshKey();
  return (
    <ConfirmDialog
      title={strings.removeSshKeyTitle(name)}
      confirmLabel={strings.remove}
      isBusy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(id, {
          onSuccess: () => {
            notifications.show({ message: strings.sshKeyRemoved(name) });
            onClose();
          },
        })
      }
    >
      {strings.removeSshKeyText}
    </ConfirmDialog>
  );
}
