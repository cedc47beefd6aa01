import type { Passkey } from '@catalyst/shared/features/factors';
import { ActionIcon, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconFingerprint, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Section } from '../../components/section.tsx';
import { supportsPasskeys } from '../sessions/passkey.ts';
import classes from './account-page.module.css';
import { AddPasskeyDialog, RenamePasskeyDialog } from './passkey-dialogs.tsx';
import { strings } from './strings.ts';
import { useRemovePasskey } from './use-factors.ts';

interface PasskeysSectionProps {
  passkeys: Passkey[];
  /** Why none can be made at this address. */
  problem: string | null;
}

export function PasskeysSection({ passkeys, problem }: PasskeysSectionProps) {
  const [dialog, setDialog] = useState<{ what: 'add' } | { what: 'rename' | 'remove'; passkey: Passkey }>();
  const close = () => setDialog(undefined);
  const isSupported = supportsPasskeys();
  return (
    <Section id="passkeys" title={strings.passkeys} hint={strings.passkeysHint}>
      {passkeys.length > 0 && (
        <ul className={classes.items}>
          {passkeys.map((passkey) => (
            <li key={passkey.id} className={classes.item}>
              <IconFingerprint size={20} stroke={1.6} className={classes.icon} aria-hidden />
              <PasskeyWords passkey={passkey} />
              <div className={classes.actions}>
                <ActionIcon
                  aria-label={strings.rename(passkey.name)}
                  onClick={() => setDialog({ what: 'rename', passkey })}
                >
                  <IconPencil size={16} />
                </ActionIcon>
                <ActionIcon
                  aria-label={strings.removePasskey(passkey.name)}
                  onClick={() => setDialog({ what: 'remove', passkey })}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </div>
            </li>
          ))}
        </ul>
      )}
      {problem !== null ? (
        <Notice tone="info" title={strings.passkeyProblem}>
          {problem}
        </Notice>
      ) : isSupported ? (
        <div className={classes.line}>
          {passkeys.length === 0 && <span className={classes.sub}>{strings.noPasskeys}</span>}
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => setDialog({ what: 'add' })}
          >
            {strings.addPasskey}
          </Button>
        </div>
      ) : (
        <Notice tone="info">{strings.passkeyUnsupported}</Notice>
      )}
      {dialog?.what === 'add' && <AddPasskeyDialog onClose={close} />}
      {dialog?.what === 'rename' && <RenamePasskeyDialog passkey={dialog.passkey} onClose={close} />}
      {dialog?.what === 'remove' && <RemoveDialog passkey={dialog.passkey} onClose={close} />}
    </Section>
  );
}

function PasskeyWords({ passkey }: { passkey: Passkey }) {
  return (
    <div className={classes.who}>
      <div className={classes.state}>
        <span className={classes.strong}>{passkey.name}</span>
        {passkey.isSynced && <span className={classes.tag}>{strings.synced}</span>}
        {passkey.host !== location.hostname && (
          <span className={classes.tag}>{strings.otherHost(passkey.host)}</span>
        )}
      </div>
      <div className={classes.facts}>
        <span>
          {passkey.lastUsedAt ? (
            <>
              {strings.lastUsed} <RelativeTime at={passkey.lastUsedAt} />
            </>
          ) : (
            strings.neverUsed
          )}
        </span>
        <span>
          {strings.created} <RelativeTime at={passkey.createdAt} />
        </span>
      </div>
    </div>
  );
}

function RemoveDialog({ passkey: { id, name }, onClose }: { passkey: Passkey; onClose: () => void }) {
  const remove = useRemovePasskey();
  return (
    <ConfirmDialog
      title={strings.removeTitle(name)}
      confirmLabel={strings.remove}
      isBusy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(id, {
          onSuccess: () => {
            notifications.show({ message: strings.removed(name) });
            onClose();
          },
        })
      }
    >
      {strings.removeText}
    </ConfirmDialog>
  );
}
