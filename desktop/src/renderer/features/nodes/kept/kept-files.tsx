import type { KeptFiles as Kept } from '@catalyst/shared/features/kept';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { Failure } from '../../../components/failure.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { Section, SkeletonLines } from '../../../components/section.tsx';
import { formatBytes } from '../../../components/units.ts';
import { useMay } from '../../sessions/use-session.ts';
import classes from './kept-files.module.css';
import { strings } from './strings.ts';
import { useKeptFiles, useWipeKept } from './use-kept-files.ts';

/** Files of deleted servers that the node still has; nothing where there are none. */
export function KeptFiles({ nodeId, isOnline }: { nodeId: string; isOnline: boolean }) {
  const { data, error, isPending, isFetching, refetch } = useKeptFiles(nodeId, isOnline);
  const [asked, setAsked] = useState<Kept>();
  const mayWipe = useMay('node.update');
  if (!isOnline || data?.items.length === 0) return null;
  return (
    <Section id="kept" title={strings.title} hint={strings.hint}>
      {isPending && <SkeletonLines count={2} />}
      {error && !data && (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      )}
      <ul className={classes.list}>
        {data?.items.map((kept) => (
          <li key={kept.serverId} className={classes.row}>
            <div className={classes.words}>
              <span className={classes.name}>{kept.name}</span>
              <span className={classes.facts}>
                {kept.template && <>{kept.template} · </>}
                {kept.sizeBytes !== null && <>{formatBytes(kept.sizeBytes)} · </>}
                {strings.deleted} <RelativeTime at={kept.keptAt} />
              </span>
            </div>
            {mayWipe && (
              <Button
                variant="default"
                size="xs"
                aria-label={strings.wipeOf(kept.name)}
                onClick={() => setAsked(kept)}
              >
                {strings.wipe}…
              </Button>
            )}
          </li>
        ))}
      </ul>
      {asked && <WipeDialog nodeId={nodeId} kept={asked} onClose={() => setAsked(undefined)} />}
    </Section>
  );
}

function WipeDialog({ nodeId, kept, onClose }: { nodeId: string; kept: Kept; onClose: () => void }) {
  const wipe = useWipeKept(nodeId);
  return (
    <ConfirmDialog
      title={strings.wipeTitle(kept.name)}
      confirmLabel={strings.wipe}
      typedName={kept.name}
      isBusy={wipe.isPending}
      error={wipe.error}
      onClose={onClose}
      onConfirm={() =>
        wipe.mutate(kept.serverId, {
          onSuccess: () => {
            onClose();
            notifications.show({ message: strings.wiped(kept.name) });
          },
        })
      }
    >
      {strings.wipeText}
    </ConfirmDialog>
  );
}
