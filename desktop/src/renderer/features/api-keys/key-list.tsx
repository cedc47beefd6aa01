import type { ApiKey } from '@catalyst/shared/features/api-keys';
import { ActionIcon, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { RelativeTime, useNow } from '../../components/relative-time.tsx';
import classes from '../people/people-list.module.css';
import { summaryOfGrants } from '../roles/grant-summary.ts';
import { KeyDialog } from './key-dialog.tsx';
import { strings } from './strings.ts';
import { type KeyPlace, useRevokeKey } from './use-api-keys.ts';

interface KeyListProps {
  keys: readonly ApiKey[];
  place: KeyPlace;
  mayChange: boolean;
  showsOwner: boolean;
}

export function KeyList({ keys, place, mayChange, showsOwner }: KeyListProps) {
  const [dialog, setDialog] = useState<{ what: 'edit' | 'revoke'; apiKey: ApiKey }>();
  const close = () => setDialog(undefined);
  return (
    <>
      <ul className={classes.list}>
        {keys.map((apiKey) => (
          <li key={apiKey.id} className={classes.item}>
            <div className={classes.who}>
              <div className={classes.first}>
                <span className={classes.name}>{apiKey.name}</span>
                <code title={strings.beginsWith}>{apiKey.prefix}…</code>
              </div>
              <div className={classes.sub}>
                {showsOwner && <span>{strings.of(apiKey.owner.name)}</span>}
                <LastUse apiKey={apiKey} />
                <Expiry expiresAt={apiKey.expiresAt} />
                {apiKey.requestsPerMinute !== null && (
                  <span>{strings.perMinute(apiKey.requestsPerMinute)}</span>
                )}
                {apiKey.allowedAddresses.length > 0 && (
                  <span>{strings.onlyFrom(apiKey.allowedAddresses.join(', '))}</span>
                )}
              </div>
            </div>
            <p className={classes.what}>{summaryOfGrants(apiKey.scopes)}</p>
            {mayChange && (
              <div className={classes.actions}>
                <ActionIcon
                  aria-label={strings.edit(apiKey.name)}
                  onClick={() => setDialog({ what: 'edit', apiKey })}
                >
                  <IconPencil size={16} />
                </ActionIcon>
                <Button
                  variant="default"
                  size="xs"
                  aria-label={strings.revokeOf(apiKey.name)}
                  onClick={() => setDialog({ what: 'revoke', apiKey })}
                >
                  {strings.revoke}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {dialog?.what === 'edit' && <KeyDialog apiKey={dialog.apiKey} place={place} onClose={close} />}
      {dialog?.what === 'revoke' && <RevokeDialog apiKey={dialog.apiKey} place={place} onClose={close} />}
    </>
  );
}

function LastUse({ apiKey: { lastUsedAt, lastUsedIp } }: { apiKey: ApiKey }) {
  if (!lastUsedAt) return <span>{strings.neverUsed}</span>;
  return (
    <span>
      {strings.used} <RelativeTime at={lastUsedAt} /> {lastUsedIp && strings.from(lastUsedIp)}
    </span>
  );
}

function Expiry({ expiresAt }: { expiresAt: Date | null }) {
  const now = useNow();
  if (!expiresAt) return <span>{strings.neverExpires}</span>;
  return (
    <span>
      {expiresAt > now ? strings.expires : strings.expired} <RelativeTime at={expiresAt} />
    </span>
  );
}

interface RevokeDialogProps {
  apiKey: ApiKey;
  place: KeyPlace;
  onClose: () => void;
}

function RevokeDialog({ apiKey: { id, name }, place, onClose }: RevokeDialogProps) {
  const revoke = useRevokeKey(place);
  return (
    <ConfirmDialog
      title={strings.revokeTitle(name)}
      confirmLabel={strings.revoke}
      isBusy={revoke.isPending}
      error={revoke.error}
      onClose={onClose}
      onConfirm={() =>
        revoke.mutate(id, {
          onSuccess: () => {
            notifications.show({ message: strings.revoked(name) });
            onClose();
          },
        })
      }
    >
      {strings.revokeText}
    </ConfirmDialog>
  );
}
