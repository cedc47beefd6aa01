import { AppError } from '@catalyst/shared/contract/errors';
import type { RuntimeName, ServerNetwork } from '@catalyst/shared/features/server-spec';
import { addressIssue, canonicalAddress } from '@catalyst/shared/features/subnets';
import { IpPoolEntity } from '../ip-pools/ip-pool.entity.ts';
import type { Database } from '../servers/server-store.ts';
import { NodeNetworkEntity, type NodeNetworkRow } from './node-network.entity.ts';

/** How a server is attached to the network of its node. */
export interface NetworkChoice {
  /** `host`, `bridge` or the name of `network`. */
  networkMode: string;
  network: NodeNetworkRow | null;
  /** Null where it has none of its own, or is still to get one from a pool. */
  staticIp: string | null;
}

interface NetworkWish {
  networkMode?: string;
  staticIp?: string | null;
}

/** Whether it is to get the first free address of the network's pools. */
export const needsAddress = ({ network, staticIp }: Pick<NetworkChoice, 'network' | 'staticIp'>) =>
  network !== null && hasOwnAddress({ network }) && staticIp === null;

/** Whether its ports are not the machine's, so that they meet nobody else's. */
export const hasOwnAddress = ({ network }: Pick<NetworkChoice, 'network'>) =>
  network !== null && network.kind !== 'cni';

/** What becomes of a wish on this node, or `invalid_input` and why not. */
export async function chooseNetwork(
  database: Database,
  { nodeId, runtime }: { nodeId: string; runtime: RuntimeName },
  wish: NetworkWish,
): Promise<NetworkChoice> {
  const networkMode = wish.networkMode ?? (runtime === 'containerd' ? 'bridge' : 'host');
  const staticIp = wish.staticIp ?? null;
  if (runtime !== 'containerd' && networkMode !== 'host') {
    throw invalid('networkMode', 'This node runs the server as a process, which uses its network directly');
  }
  if (networkMode === 'host' || networkMode === 'bridge') {
    if (staticIp === null) return { networkMode, network: null, staticIp };
    throw invalid('staticIp', `In the network ${networkMode} a server has no address of its own`);
  }
  const network = await database.getRepository(NodeNetworkEntity).findOneBy({ nodeId, name: networkMode });
  if (!network) throw invalid('networkMode', `This node has no network named ${networkMode}`);
  const isPooled =
    staticIp === null && (await database.getRepository(IpPoolEntity).existsBy({ networkId: network.id }));
  return { networkMode, network, staticIp: isPooled ? null : ownAddress(network, staticIp) };
}

/** The network a server is in, as it is now; null for `host` and `bridge`. */
export async function networkOf(
  database: Database,
  { networkId }: { networkId: string | null },
): Promise<NodeNetworkRow | null> {
  if (networkId === null) return null;
  return database.getRepository(NodeNetworkEntity).findOneBy({ id: networkId });
}

/** What the agent is told. */
export function specNetwork({ networkMode, network, staticIp }: NetworkChoice): ServerNetwork {
  if (network === null) return { mode: networkMode === 'bridge' ? 'bridge' : 'host' };
  const { kind, name, plugins, parent, subnet, gateway } = network;
  if (kind === 'cni') return { mode: 'cni', name, plugins: plugins ?? [] };
  const prefix = subnet?.split('/')[1] ?? '';
  return { mode: kind, parent: parent ?? '', address: `${staticIp}/${prefix}`, gateway };
}

function ownAddress({ kind, name, subnet, gateway }: NodeNetworkRow, staticIp: string | null): string | null {
  if (kind === 'cni' || subnet === null) {
    if (staticIp === null) return null;
    throw invalid('staticIp', `The plugins of ${name} give addresses; leave it out`);
  }
  if (staticIp === null) {
    throw invalid(
      'staticIp',
      `In ${name}, which has no pool of addresses, a server needs an address of ${subnet}`,
    );
  }
  const issue = addressIssue(staticIp, { subnet, gateway });
  if (issue !== null) throw invalid('staticIp', `${staticIp} ${issue}`);
  return canonicalAddress(staticIp);
}

function invalid(path: string, message: string): AppError {
  return new AppError('invalid_input', message, { issues: [{ path, message }] });
}
