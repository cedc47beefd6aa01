import type { PortPool } from '@catalyst/shared/features/port-pools';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { Failure } from '../../../components/failure.tsx';
import { Section, SkeletonLines } from '../../../components/section.tsx';
import { useMay } from '../../sessions/use-session.ts';
import classes from '../node-networks.module.css';
import { PoolEntry } from './pool-entry.tsx';
import { PortPoolDialog } from './port-pool-dialog.tsx';
import { poolStrings as strings } from './strings.ts';
import { useDeletePortPool, usePortPools } from './use-pools.ts';

/** Which ports of a node servers are given, and how many are left. */
export function PortPools({ nodeId }: { nodeId: string }) {
  const mayUpdate = useMay('node.update');
  const { data: pools, error, isFetching, refetch } = usePortPools(nodeId);
  const remove = useDeletePortPool(nodeId);
  const [dialog, setDialog] = useState<{ what: 'new' } | { what: 'edit' | 'delete'; pool: PortPool }>();
  const close = () => setDialog(undefined);
  return (
    <Section id="port-pools" title={strings.portPools} hint={strings.portPoolsHint}>
      {error && !pools ? (
        <Failure
          title={strings.portPoolsFailed}
          error={error}
          retry={() => void refetch()}
          isRetrying={isFetching}
        />
      ) : !pools ? (
        <SkeletonLines count={2} />
      ) : pools.length === 0 ? (
        <p className={classes.none}>{strings.noPortPools}</p>
      ) : (
        <ul className={classes.networks}>
          {pools.map((pool) => (
            <PoolEntry
              key={pool.id}
              title={`${addressOf(pool)}: ${pool.ports}`}
              facts={[...(pool.alias === null ? [] : [strings.shownAs(pool.alias)]), pool.notes].filter(
                Boolean,
              )}
              usage={usageOf(pool)}
              onEdit={mayUpdate ? () => setDialog({ what: 'edit', pool }) : undefined}
              onRemove={() => {
                remove.reset();
                setDialog({ what: 'delete', pool });
              }}
            />
          ))}
        </ul>
      )}
      {mayUpdate && pools && (
        <div>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={16} />}
            onClick={() => setDialog({ what: 'new' })}
          >
            {strings.addPortPool}
          </Button>
        </div>
      )}
      {dialog?.what === 'new' && <PortPoolDialog nodeId={nodeId} onClose={close} />}
      {dialog?.what === 'edit' && <PortPoolDialog nodeId={nodeId} pool={dialog.pool} onClose={close} />}
      {dialog?.what === 'delete' && (
        <ConfirmDialog
          title={strings.removePortPool}
          confirmLabel={strings.remove}
          isBusy={remove.isPending}
          error={remove.error}
          onClose={close}
          onConfirm={() =>
            remove.mutate(dialog.pool.id, {
              onSuccess: () => {
                notifications.show({ message: strings.portPoolRemoved });
                close();
              },
            })
          }
        >
          {strings.removePortPoolText}
        </ConfirmDialog>
      )}
    </Section>
  );
}

const addressOf = ({ ip }: PortPool) => (ip === '0.0.0.0' ? strings.everyAddress : ip);

function usageOf({ portCount, freeCount }: PortPool) {
  const used = portCount - freeCount;
  return {
    label: strings.portUsage,
    fraction: used / Math.max(portCount, 1),
    text: strings.ofPorts(used, portCount),
  };
}
