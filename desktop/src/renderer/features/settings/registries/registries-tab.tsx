import type { Registry } from '@catalyst/shared/features/registries';
import { ActionIcon, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconKey, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { Empty } from '../../../components/empty.tsx';
import { NoPermissionPage } from '../../../components/error-page.tsx';
import { Failure } from '../../../components/failure.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { Section, SectionSkeleton } from '../../../components/section.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { useMay } from '../../sessions/use-session.ts';
import classes from './registries-tab.module.css';
import { RegistryDialog } from './registry-dialog.tsx';
import { strings } from './strings.ts';
import { useDeleteRegistry, useRegistries } from './use-registries.ts';

/** Where images may come from besides public registries on the internet. */
export function RegistriesTab() {
  return useMay('settings.read') ? <Registries /> : <NoPermissionPage />;
}

function Registries() {
  const mayWrite = useMay('settings.write');
  const { data, error, isFetching, refetch } = useRegistries();
  const [dialog, setDialog] = useState<{ what: 'new' } | { what: 'edit' | 'delete'; registry: Registry }>();
  const close = () => setDialog(undefined);
  const add = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setDialog({ what: 'new' })}>
      {strings.add}
    </Button>
  );
  return (
    <>
      {error && !data && (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      )}
      {!data && !error && (
        <div role="status" aria-label={shared.loading}>
          <SectionSkeleton lines={3} />
        </div>
      )}
      {data?.length === 0 && (
        <Empty icon={<IconKey size={28} stroke={1.5} />} title={strings.emptyTitle} action={add}>
          {mayWrite ? strings.empty : strings.emptyReadOnly}
        </Empty>
      )}
      {data && data.length > 0 && (
        <Section id="registries" title={strings.title} hint={strings.hint}>
          <ul className={classes.registries}>
            {data.map((registry) => (
              <li key={registry.id} className={classes.registry}>
                <div className={classes.who}>
                  <code className={classes.host}>{registry.host}</code>
                  <span className={classes.sub}>
                    {registry.username === null ? strings.noLogin : strings.user(registry.username)},{' '}
                    {registry.plainHttp && `${strings.plainHttp}, `}
                    {strings.changed} <RelativeTime at={registry.updatedAt} />
                  </span>
                </div>
                {mayWrite && (
                  <div className={classes.actions}>
                    <ActionIcon
                      aria-label={strings.edit(registry.host)}
                      onClick={() => setDialog({ what: 'edit', registry })}
                    >
                      <IconPencil size={16} />
                    </ActionIcon>
                    <ActionIcon
                      aria-label={strings.remove(registry.host)}
                      onClick={() => setDialog({ what: 'delete', registry })}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </div>
                )}
              </li>
            ))}
          </ul>
          {add && <div>{add}</div>}
        </Section>
      )}
      {dialog?.what === 'new' && <RegistryDialog onClose={close} />}
      {dialog?.what === 'edit' && <RegistryDialog registry={dialog.registry} onClose={close} />}
      {dialog?.what === 'delete' && <DeleteDialog registry={dialog.registry} onClose={close} />}
    </>
  );
}

function DeleteDialog({ registry: { id, host }, onClose }: { registry: Registry; onClose: () => void }) {
  const remove = useDeleteRegistry();
  return (
    <ConfirmDialog
      title={strings.removeTitle(host)}
      confirmLabel={strings.removeAction}
      isBusy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(id, {
          onSuccess: () => {
            notifications.show({ message: strings.removed(host) });
            onClose();
          },
        })
      }
    >
      {strings.removeText}
    </ConfirmDialog>
  );
}
