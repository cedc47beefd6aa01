import type { PortAllocation } from '@catalyst/shared/features/port-pools';
import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { Failure } from '../../../components/failure.tsx';
import { Section, SkeletonLines } from '../../../components/section.tsx';
import { serverStrings } from '../../servers/server-strings.ts';
import classes from '../node-networks.module.css';
import pool from './pools.module.css';
import { poolStrings as strings } from './strings.ts';
import { usePortAllocations, usePortPools } from './use-pools.ts';

/** Which server has which port of a node. */
export function PortAllocations({ nodeId }: { nodeId: string }) {
  const query = usePortAllocations(nodeId);
  const hasPools = (usePortPools(nodeId).data ?? []).length > 0;
  const allocations = query.data?.pages.flatMap(({ items }) => items);
  return (
    <Section id="allocations" title={strings.allocations} hint={strings.allocationsHint}>
      {query.error && !allocations ? (
        <Failure
          title={strings.allocationsFailed}
          error={query.error}
          retry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      ) : !allocations ? (
        <SkeletonLines count={4} />
      ) : allocations.length === 0 ? (
        <p className={classes.none}>{strings.noAllocations}</p>
      ) : (
        <div className={pool.wide}>
          <table className={pool.table}>
            <thead>
              <tr>
                <th scope="col">{strings.port}</th>
                <th scope="col">{strings.where}</th>
                <th scope="col">{strings.server}</th>
              </tr>
            </thead>
            <tbody>
              {allocations.map((one) => (
                <tr key={`${one.serverId} ${one.name}`}>
                  <td className={pool.number}>
                    {one.port} <span className={classes.sub}>{serverStrings.protocols[one.protocol]}</span>
                  </td>
                  <td>{placeOf(one, hasPools)}</td>
                  <td className={pool.server}>
                    {one.serverName === null ? (
                      <span className={classes.sub}>{strings.deletedServer}</span>
                    ) : (
                      <Link to={`/servers/${one.serverId}/network`}>{one.serverName}</Link>
                    )}{' '}
                    <span className={classes.sub}>{one.name}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {query.hasNextPage && (
        <div>
          <Button
            variant="default"
            size="xs"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {strings.more}
          </Button>
        </div>
      )}
    </Section>
  );
}

function placeOf({ ip, networkName, poolId }: PortAllocation, hasPools: boolean): string {
  const address = ip === '0.0.0.0' ? strings.everyAddress : ip;
  if (networkName !== null) return `${address} ${strings.inNetwork(networkName)}`;
  return hasPools && poolId === null ? `${address} · ${strings.outside}` : address;
}
