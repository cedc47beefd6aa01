import type { Identity } from '@catalyst/shared/features/factors';
import { ActionIcon, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconLink, IconLinkOff } from '@tabler/icons-react';
import { useState } from 'react';
import type { z } from 'zod';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Failure } from '../../components/failure.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Section } from '../../components/section.tsx';
import { useSignInOptions } from '../sessions/use-sign-in-options.ts';
import classes from './account-page.module.css';
import { strings } from './strings.ts';
import { useLink, useUnlink } from './use-factors.ts';

type Linked = z.output<typeof Identity>;

/** Accounts of providers that sign this person in; nothing where the panel has no provider. */
export function IdentitiesSection({ identities }: { identities: Linked[] }) {
  const { data: options } = useSignInOptions();
  const link = useLink();
  const [leaving, setLeaving] = useState<Linked>();
  const linkable = (options?.providers ?? []).filter(
    ({ id }) => !identities.some(({ provider }) => provider.id === id),
  );
  if (identities.length === 0 && linkable.length === 0) return null;
  return (
    <Section id="identities" title={strings.identities} hint={strings.identitiesHint}>
      {identities.length > 0 && (
        <ul className={classes.items}>
          {identities.map((identity) => (
            <li key={identity.id} className={classes.item}>
              <IconLink size={20} stroke={1.6} className={classes.icon} aria-hidden />
              <div className={classes.who}>
                <div className={classes.strong}>{identity.provider.name}</div>
                <div className={classes.facts}>
                  <span>{identity.label}</span>
                  <span>
                    {identity.lastUsedAt ? (
                      <>
                        {strings.lastUsed} <RelativeTime at={identity.lastUsedAt} />
                      </>
                    ) : (
                      strings.neverUsed
                    )}
                  </span>
                </div>
              </div>
              <div className={classes.actions}>
                <ActionIcon
                  aria-label={strings.unlink(identity.provider.name)}
                  onClick={() => setLeaving(identity)}
                >
                  <IconLinkOff size={16} />
                </ActionIcon>
              </div>
            </li>
          ))}
        </ul>
      )}
      {link.error && <Failure title={strings.linkFailed} error={link.error} />}
      {linkable.length > 0 && (
        <div className={classes.buttons}>
          {linkable.map(({ id, name }) => (
            <Button
              key={id}
              variant="default"
              loading={link.variables === id && (link.isPending || link.isSuccess)}
              onClick={() => link.mutate(id)}
            >
              {strings.link(name)}
            </Button>
          ))}
        </div>
      )}
      {leaving && <UnlinkDialog identity={leaving} onClose={() => setLeaving(undefined)} />}
    </Section>
  );
}

function UnlinkDialog({ identity: { id, provider }, onClose }: { identity: Linked; onClose: () => void }) {
  const unlink = useUnlink();
  return (
    <ConfirmDialog
      title={strings.unlinkTitle(provider.name)}
      confirmLabel={strings.unlinkAction}
      isBusy={unlink.isPending}
      error={unlink.error}
      onClose={onClose}
      onConfirm={() =>
        unlink.mutate(id, {
          onSuccess: () => {
            notifications.show({ message: strings.unlinked(provider.name) });
            onClose();
          },
        })
      }
    >
      {strings.unlinkText}
    </ConfirmDialog>
  );
}
