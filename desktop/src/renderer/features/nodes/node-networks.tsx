import type { NodeNetwork } from '@catalyst/shared/features/networks';
import { ActionIcon, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Failure } from '../../components/failure.tsx';
import { Section, SkeletonLines } from '../../components/section.tsx';
import { useMay } from '../sessions/use-session.ts';
import { NetworkAddresses } from './network-addresses.tsx';
import { networkStrings as strings } from './network-strings.ts';
import { NodeNetworkDialog } from './node-network-dialog.tsx';
import classes from './node-networks.module.css';
import { useDeleteNetwork, useNodeNetworks } from './use-node-networks.ts';

/** The networks that an administrator gave a node, and who is in them. */
export function NodeNetworks({ nodeId }: { nodeId: string }) {
  const mayUpdate = useMay('node.update');
  const { data: networks, error, isFetching, refetch } = useNodeNetworks(nodeId);
  const remove = useDeleteNetwork(nodeId);
  const [dialog, setDialog] = useState<{ what: 'new' } | { what: 'edit' | 'delete'; network: NodeNetwork }>();
  const close = () => setDialog(undefined);
  return (
    <Section id="networks" title={strings.title} hint={strings.hint}>
      {error && !networks ? (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      ) : !networks ? (
        <SkeletonLines count={2} />
      ) : networks.length === 0 ? (
        <p className={classes.none}>{mayUpdate ? strings.none : strings.noneReadOnly}</p>
      ) : (
        <ul className={classes.networks}>
          {networks.map((network) => (
            <li key={network.id} className={classes.network}>
              <div className={classes.first}>
                <div className={classes.words}>
                  <h3 className={classes.name}>{network.name}</h3>
                  <p className={classes.sub}>{describe(network)}</p>
                </div>
                {mayUpdate && (
                  <div className={classes.actions}>
                    <ActionIcon
                      aria-label={strings.edit(network.name)}
                      onClick={() => setDialog({ what: 'edit', network })}
                    >
                      <IconPencil size={16} />
                    </ActionIcon>
                    <ActionIcon
                      aria-label={strings.remove(network.name)}
                      disabled={network.serverCount > 0}
                      onClick={() => {
                        remove.reset();
                        setDialog({ what: 'delete', network });
                      }}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </div>
                )}
              </div>
              <NetworkAddresses name={network.name} addresses={network.addresses} />
            </li>
          ))}
        </ul>
      )}
      {mayUpdate && networks && (
        <div>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={16} />}
            onClick={() => setDialog({ what: 'new' })}
          >
            {strings.add}
          </Button>
        </div>
      )}
      {dialog?.what === 'new' && <NodeNetworkDialog nodeId={nodeId} onClose={close} />}
      {dialog?.what === 'edit' && (
        <NodeNetworkDialog nodeId={nodeId} network={dialog.network} onClose={close} />
      )}
      {dialog?.what === 'delete' && (
        <ConfirmDialog
          title={strings.removeTitle(dialog.network.name)}
          confirmLabel={strings.removeButton}
          isBusy={remove.isPending}
          error={remove.error}
          onClose={close}
          onConfirm={() =>
            remove.mutate(dialog.network.id, {
              onSuccess: () => {
                notifications.show({ message: strings.removed(dialog.network.name) });
                close();
              },
            })
          }
        >
          {strings.removeText}
        </ConfirmDialog>
      )}
    </Section>
  );
}

function describe({ kind, parent, subnet, gateway, plugins, serverCount }: NodeNetwork): string {
  const parts: string[] = [strings.kinds[kind]];
  if (subnet) parts.push(subnet);
  if (parent) parts.push(strings.through(parent));
  if (gateway) parts.push(strings.gatewayIs(gateway));
  if (plugins) parts.push(plugins.map(({ type }) => type).join(' → '));
  return [...parts, strings.servers(serverCount)].join(' · ');
}
