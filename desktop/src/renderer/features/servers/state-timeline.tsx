import type { ServerTransition } from '@catalyst/shared/features/servers';
import { Button } from '@mantine/core';
import { IconTimeline } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { Empty } from '../../components/empty.tsx';
import { Failure } from '../../components/failure.tsx';
import { RelativeTime, useNow } from '../../components/relative-time.tsx';
import { formatDuration } from '../../components/units.ts';
import { ListSkeleton } from '../people/list-skeleton.tsx';
import list from '../people/people-list.module.css';
import { describeState } from './server-tone.ts';
import { StateShape } from './state-badge.tsx';
import classes from './state-timeline.module.css';
import { timelineStrings as strings } from './timeline-strings.ts';

/** The states a server has been in, newest first: how long, why, and because of whom. */
export function StateTimeline({ serverId }: { serverId: string }) {
  const read = useTransitions(serverId);
  const { transitions, error, isFetching, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = read;
  return (
    <>
      {error && (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      )}
      {!transitions && !error && <ListSkeleton />}
      {transitions?.length === 0 && (
        <Empty icon={<IconTimeline size={28} stroke={1.5} />} title={strings.emptyTitle}>
          {strings.empty}
        </Empty>
      )}
      {transitions && transitions.length > 0 && (
        <ol className={classes.timeline}>
          {transitions.map((transition, index) => (
            <Entry key={transition.id} transition={transition} until={transitions[index - 1]?.at} />
          ))}
        </ol>
      )}
      {hasNextPage && (
        <Button
          className={list.more}
          variant="default"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {strings.older}
        </Button>
      )}
    </>
  );
}

/** `until` is when the next state began; undefined for the one it is in. */
function Entry({ transition, until }: { transition: ServerTransition; until: Date | undefined }) {
  const { at, state, reasonText, exitCode, lastLines, actor } = transition;
  const now = useNow();
  const { tone, word } = describeState({ state, node: { id: '', name: '', online: true } });
  const lasted = formatDuration(Math.max(0, ((until ?? now).getTime() - at.getTime()) / 1000));
  return (
    <li className={classes.entry} data-tone={tone}>
      <span className={classes.mark}>
        <StateShape tone={tone} isKnown isStill={until !== undefined} />
      </span>
      <div className={classes.words}>
        <span className={classes.head}>
          <span className={classes.state}>{word}</span>
          <span className={classes.lasted}>{until ? strings.lasted(lasted) : strings.since(lasted)}</span>
        </span>
        {(reasonText || (exitCode !== null && exitCode > 0)) && (
          <span className={classes.reason}>
            {[reasonText, exitCode !== null && exitCode > 0 && strings.exit(exitCode)]
              .filter(Boolean)
              .join(' ')}
          </span>
        )}
        {lastLines.length > 0 && (
          <details className={classes.lines} open={until === undefined}>
            <summary>{strings.lastLines(lastLines.length)}</summary>
            <pre>{lastLines.join('\n')}</pre>
          </details>
        )}
        <span className={classes.by}>
          <RelativeTime at={at} /> · {strings.by[actor.kind](actor.name ?? '')}
        </span>
      </div>
    </li>
  );
}

function useTransitions(id: string) {
  const read = useInfiniteQuery({
    queryKey: keys.transitions(id),
    queryFn: ({ pageParam, signal }) =>
      api.servers.transitions({ params: { id }, query: { limit: 50, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  const transitions = useMemo(() => read.data?.pages.flatMap(({ items }) => items), [read.data]);
  return { ...read, transitions };
}
