import { Button, Skeleton } from '@mantine/core';
import { Link } from 'react-router';
import { Failure } from '../../components/failure.tsx';
import { GameIcon } from '../../components/game-icon.tsx';
import { StateBadge } from '../servers/state-badge.tsx';
import { strings as serverStrings } from '../servers/strings.ts';
import { useServerList } from '../servers/use-servers.ts';
import classes from './node-servers.module.css';
import { strings } from './strings.ts';

/** The servers on a node, by name and state. */
export function NodeServers({ nodeId }: { nodeId: string }) {
  const { servers, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, ...query } =
    useServerList({ nodeId });
  if (isPending) return <Skeleton height={64} />;
  if (error && !servers) {
    return (
      <Failure
        title={serverStrings.failed}
        error={error}
        retry={() => void query.refetch()}
        isRetrying={query.isFetching}
      />
    );
  }
  if (!servers || servers.length === 0) return <p className={classes.none}>{strings.noServers}</p>;
  return (
    <>
      <ul className={classes.servers}>
        {servers.map((server) => (
          <li key={server.id}>
            <Link to={`/servers/${server.id}`} className={classes.server}>
              <GameIcon name={server.template.icon} size={20} />
              <span className={classes.name}>{server.name}</span>
              <StateBadge server={server} />
            </Link>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {serverStrings.loadMore}
        </Button>
      )}
    </>
  );
}
