import { isUp } from '@catalyst/shared/features/server-states';
import type { Server, ServerChanges } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import type { z } from 'zod';
import { issuesByField } from '../../../api/errors.ts';
import { useNodeNetworks } from '../../nodes/use-node-networks.ts';
import { useMay } from '../../sessions/use-session.ts';
import { mayOnServer } from '../power.ts';
import { useUpdateServer } from '../use-server-changes.ts';
import { type NetworkEdit, networkOptions, staticIpIssue, surroundingsOf } from './network-options.ts';
import { bindingsOf, type PortRow, portIssues, rowsOf } from './port-row.ts';
import { strings } from './strings.ts';

interface Edits {
  rows?: PortRow[];
  network?: NetworkEdit;
}

/** Ports and network of a server as a form: what was edited lies over what the panel says. */
export function useNetworkForm(server: Server, template: Template | undefined) {
  const update = useUpdateServer(server.id);
  const mayHost = useMay('node.update');
  const [edits, setEdits] = useState<Edits>({});
  const query = useNodeNetworks(server.runtime === 'containerd' ? server.node.id : undefined);
  const networks = query.data ?? [];
  const { networkMode } = server;
  const before: NetworkEdit = { networkMode, staticIp: server.staticIp ?? '' };
  const network = edits.network ?? before;
  const options = networkOptions(networks, { current: networkMode, mayHost });
  const option = options.find(({ value }) => value === network.networkMode);
  const surroundings = surroundingsOf(option);
  const rows = edits.rows ?? rowsOf(server, template);
  const areRowsDirty = !isSame(bindingsOf(rows), bindingsOf(rowsOf(server, template)));
  const isNetworkDirty = !isSame(network, before);
  const staticIp = isNetworkDirty ? staticIpIssue(network, option) : undefined;
  const found = { ...(areRowsDirty && portIssues(rows)), ...(staticIp && { staticIp }) };
  const issues: Record<string, string> = { ...issuesByField(update.error), ...found };
  const isDirty = areRowsDirty || isNetworkDirty;
  const isValid = Object.keys(found).length === 0;
  const edit = (more: Edits) => {
    update.reset();
    setEdits({ ...edits, ...more });
  };
  return {
    ...{ rows, network, networks, options, isDirty, isValid, networksError: query.error },
    ...surroundings,
    mayPorts:
      mayOnServer(server, 'allocation.write') &&
      mayOnServer(server, 'server.update') &&
      template !== undefined,
    mayNetwork: mayOnServer(server, 'server.limits') && mayOnServer(server, 'server.update'),
    issueOf: (path: string) => issues[path],
    isSaving: update.isPending,
    error: update.error,
    setRows: (next: PortRow[]) => edit({ rows: next }),
    setNetwork: (next: NetworkEdit) => edit({ network: next }),
    discard: () => {
      update.reset();
      setEdits({});
    },
    save: () => {
      if (!isDirty || !isValid) return;
      const changes: z.input<typeof ServerChanges> = {
        ...(areRowsDirty && { portBindings: bindingsOf(rows, surroundings) }),
        ...(isNetworkDirty && {
          networkMode: network.networkMode,
          staticIp: network.staticIp.trim() || null,
        }),
      };
      update.mutate(changes, {
        onSuccess: () => {
          setEdits({});
          notifications.show({ message: isUp(server.state) ? strings.savedNextStart : strings.saved });
        },
      });
    },
  };
}

const isSame = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
