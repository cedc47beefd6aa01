import type { IpPool } from '@catalyst/shared/features/ip-pools';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { Failure } from '../../../components/failure.tsx';
import { Section, SkeletonLines } from '../../../components/section.tsx';
import { useMay } from '../../sessions/use-session.ts';
import { NetworkAddresses } from '../network-addresses.tsx';
import classes from '../node-networks.module.css';
import { useNodeNetworks } from '../use-node-networks.ts';
import { IpPoolDialog } from './ip-pool-dialog.tsx';
import { PoolEntry } from './pool-entry.tsx';
import { poolStrings as strings } from './strings.ts';
import { useDeleteIpPool, useIpPools } from './use-pools.ts';

/** Which addresses of a node's networks servers are given, and who has which. */
export function IpPools({ nodeId }: { nodeId: string }) {
  const mayUpdate = useMay('node.update');
  const { data: pools, error, isFetching, refetch } = useIpPools(nodeId);
  const networks = (useNodeNetworks(nodeId).data ?? []).filter(({ subnet }) => subnet !== null);
  const remove = useDeleteIpPool(nodeId);
  const [dialog, setDialog] = useState<{ what: 'new' } | { what: 'edit' | 'delete'; pool: IpPool }>();
  const close = () => setDialog(undefined);
  return (
    <Section id="ip-pools" title={strings.ipPools} hint={strings.ipPoolsHint}>
      {error && !pools ? (
        <Failure
          title={strings.ipPoolsFailed}
          error={error}
          retry={() => void refetch()}
          isRetrying={isFetching}
        />
      ) : !pools ? (
        <SkeletonLines count={2} />
      ) : pools.length === 0 ? (
        <p className={classes.none}>
          {strings.noIpPools}
          {mayUpdate && networks.length === 0 && ` ${strings.noNetworkForPool}`}
        </p>
      ) : (
        <ul className={classes.networks}>
          {pools.map((pool) => (
            <PoolEntry
              key={pool.id}
              title={`${pool.cidr} ${strings.inNetwork(pool.networkName)}`}
              facts={factsOf(pool)}
              usage={usageOf(pool)}
              onEdit={mayUpdate ? () => setDialog({ what: 'edit', pool }) : undefined}
              onRemove={() => {
                remove.reset();
                setDialog({ what: 'delete', pool });
              }}
            >
              <NetworkAddresses name={pool.cidr} addresses={pool.used} />
            </PoolEntry>
          ))}
        </ul>
      )}
      {mayUpdate && pools && networks.length > 0 && (
        <div>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={16} />}
            onClick={() => setDialog({ what: 'new' })}
          >
            {strings.addIpPool}
          </Button>
        </div>
      )}
      {dialog?.what === 'new' && <IpPoolDialog nodeId={nodeId} networks={networks} onClose={close} />}
      {dialog?.what === 'edit' && (
        <IpPoolDialog nodeId={nodeId} networks={networks} pool={dialog.pool} onClose={close} />
      )}
      {dialog?.what === 'delete' && (
        <ConfirmDialog
          title={strings.removeIpPool(dialog.pool.cidr)}
          confirmLabel={strings.remove}
          isBusy={remove.isPending}
          error={remove.error}
          onClose={close}
          onConfirm={() =>
            remove.mutate(dialog.pool.id, {
              onSuccess: () => {
                notifications.show({ message: strings.ipPoolRemoved });
                close();
              },
            })
          }
        >
          {strings.removeIpPoolText}
        </ConfirmDialog>
      )}
    </Section>
  );
}

function factsOf({ startIp, endIp, gateway, reserved }: IpPool): string[] {
  return [
    strings.range(startIp, endIp),
    ...(gateway === null ? [] : [strings.gatewayIs(gateway)]),
    ...(reserved.length === 0 ? [] : [strings.reservedCount(reserved.length)]),
  ];
}

function usageOf({ used, freeCount }: IpPool) {
  return {
    label: strings.addressUsage,
    fraction: used.length / Math.max(used.length + freeCount, 1),
    text: strings.ofAddresses(used.length, freeCount),
  };
}
