import type { Node } from '@catalyst/shared/features/nodes';
import { Copyable } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatDuration } from '../../components/units.ts';
import { strings } from './strings.ts';

export function NodeFacts({ node }: { node: Node }) {
  const { health } = node;
  return (
    <Facts
      facts={[
        [strings.address, <Copyable key="address" value={node.publicAddress} what="address" />],
        [
          strings.fingerprint,
          node.fingerprint && <Copyable key="key" value={node.fingerprint} what="fingerprint" />,
        ],
        [strings.agentVersion, node.agentVersion],
        [strings.host, health?.hostname],
        [strings.platform, health && `${health.platform}, ${strings.cores(health.cpuCores)}`],
        [strings.uptime, health && formatDuration(health.uptimeSeconds)],
        [strings.lastSeen, node.lastSeenAt && <RelativeTime key="seen" at={node.lastSeenAt} />],
        [strings.created, <RelativeTime key="created" at={node.createdAt} />],
        [strings.id, <Copyable key="id" value={node.id} what="id" />],
      ]}
    />
  );
}
