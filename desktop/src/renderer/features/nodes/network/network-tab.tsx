import { NodeNetworks } from '../node-networks.tsx';
import { useShownNode } from '../node-page.tsx';
import { FirewallSection } from './firewall-section.tsx';
import { IpPools } from './ip-pools.tsx';
import { PortAllocations } from './port-allocations.tsx';
import { PortPools } from './port-pools.tsx';

/** The ports, networks and addresses that servers of a node are given. */
export function NetworkTab() {
  const { node } = useShownNode();
  return (
    <>
      <PortPools nodeId={node.id} />
      <NodeNetworks nodeId={node.id} />
      <IpPools nodeId={node.id} />
      <FirewallSection node={node} />
      <PortAllocations nodeId={node.id} />
    </>
  );
}
