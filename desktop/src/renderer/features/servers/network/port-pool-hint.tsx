import { usePortPools } from '../../nodes/network/use-pools.ts';
import classes from './port-rows.module.css';
import { strings } from './strings.ts';

/** Where chosen ports come from; nothing where every port can be had. */
export function PortPoolHint({ nodeId }: { nodeId: string | undefined }) {
  const { data: pools = [] } = usePortPools(nodeId);
  if (pools.length === 0) return null;
  const free = pools.reduce((sum, { freeCount }) => sum + freeCount, 0);
  return <p className={classes.none}>{strings.portPools(free)}</p>;
}
