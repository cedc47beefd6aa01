import type { Server } from '@catalyst/shared/features/servers';
import { useMergedRef, useResizeObserver } from '@mantine/hooks';
import { IconFolder } from '@tabler/icons-react';
import { memo, useRef } from 'react';
import { Link } from 'react-router';
import { Copyable } from '../../components/copy-button.tsx';
import { GameIcon } from '../../components/game-icon.tsx';
import { Elapsed, useNow } from '../../components/relative-time.tsx';
import { SelectBox } from '../../components/select-box.tsx';
import { useRowWindow } from '../../components/use-row-window.ts';
import { FavouriteStar } from './favourite-star.tsx';
import { LiveCpu, LiveMemory, useLiveSamples } from './live-usage.tsx';
import { PowerButton } from './power-button.tsx';
import { explain } from './reason.ts';
import classes from './server-cards.module.css';
import { groupedServers } from './server-groups.ts';
import { ServerLabels } from './server-labels.tsx';
import { sinceOf } from './server-order.ts';
import type { ServerListProps } from './server-table.tsx';
import { StateBadge } from './state-badge.tsx';
import { strings } from './strings.ts';

/** From here on all cards are of one height, and only those near the screen are drawn. */
const drawnWholeUpTo = 60;
/** As in the stylesheet, px. */
const narrowestCard = 300;
const gap = 12;

/** Servers as cards, for a phone or for a few of them. */
export function ServerCards({ servers, isGrouped, ...rest }: ServerListProps) {
  const props = { ...rest, isWindowed: servers.length > drawnWholeUpTo };
  if (!isGrouped) return <CardGrid servers={servers} {...props} />;
  return groupedServers(servers).map(({ group, servers: members }) => (
    <section key={group ?? ''} className={classes.group} aria-label={group ?? strings.noGroup}>
      <h2 className={classes.groupName}>
        <IconFolder size={14} stroke={1.6} aria-hidden />
        {group ?? strings.noGroup} <span className={classes.since}>{members.length}</span>
      </h2>
      <CardGrid servers={members} {...props} />
    </section>
  ));
}

interface CardGridProps extends Omit<ServerListProps, 'isGrouped'> {
  isWindowed: boolean;
}

function CardGrid({ servers, selection, favourites, isWindowed }: CardGridProps) {
  const grid = useRef<HTMLUListElement>(null);
  const [observe, { width }] = useResizeObserver<HTMLUListElement>();
  const columns = Math.max(1, Math.floor((width + gap) / (narrowestCard + gap)));
  const lines = Math.ceil(servers.length / columns);
  const { first, end, height } = useRowWindow(grid, lines, {
    heightVariable: '--card-line-height',
    overscan: 3,
    isWindowed,
  });
  const from = first * columns;
  return (
    <ul ref={useMergedRef(grid, observe)} className={classes.cards} data-windowed={isWindowed || undefined}>
      {first > 0 && <Spacer height={first * height} />}
      {servers.slice(from, end * columns).map((server, index) => (
        <ServerCard
          key={server.id}
          server={server}
          position={isWindowed ? from + index + 1 : undefined}
          count={isWindowed ? servers.length : undefined}
          isSelected={selection.has(server.id)}
          onToggle={selection.toggle}
          isFavourite={favourites.has(server.id)}
          onFavourite={favourites.toggle}
        />
      ))}
      {end < lines && <Spacer height={(lines - end) * height} />}
    </ul>
  );
}

const Spacer = ({ height }: { height: number }) => (
  <li aria-hidden className={classes.spacer} style={{ height: height - gap }} />
);

const ServerCard = memo(function ServerCard(props: {
  server: Server;
  /** Of all those in the list, where not all are drawn. */
  position: number | undefined;
  count: number | undefined;
  isSelected: boolean;
  onToggle: (id: string) => void;
  isFavourite: boolean;
  onFavourite: (id: string) => void;
}) {
  const { server, isSelected, onToggle } = props;
  const isMeasured = useLiveSamples(server).length > 0;
  return (
    <li
      className={classes.card}
      data-selected={isSelected || undefined}
      aria-posinset={props.position}
      aria-setsize={props.count}
    >
      <div className={classes.head}>
        <GameIcon name={server.template.icon} size={36} />
        <div className={classes.names}>
          <Link to={`/servers/${server.id}`} className={classes.name}>
            {server.name}
          </Link>
          <span className={classes.sub}>
            {server.template.name} · {server.node.name}
          </span>
        </div>
        <span className={classes.star}>
          <FavouriteStar server={server} isFavourite={props.isFavourite} onToggle={props.onFavourite} />
        </span>
        <SelectBox
          className={classes.check}
          aria-label={strings.select(server.name)}
          isChecked={isSelected}
          onChange={() => onToggle(server.id)}
        />
      </div>
      <ServerLabels server={server} mostTags={4} />
      <div className={classes.line}>
        <StateBadge server={server} />
        <span className={classes.since}>
          <Elapsed since={sinceOf(server)} />
        </span>
      </div>
      {isMeasured ? (
        <div className={classes.usage}>
          <div>
            <span className={classes.label}>{strings.columns.cpu}</span>
            <LiveCpu server={server} />
          </div>
          <div>
            <span className={classes.label}>{strings.columns.memory}</span>
            <LiveMemory server={server} />
          </div>
        </div>
      ) : (
        <CardReason server={server} />
      )}
      <div className={classes.foot}>
        <Copyable value={server.address} what="address" />
        <div className={classes.power}>
          <PowerButton server={server} compact />
        </div>
      </div>
    </li>
  );
});

function CardReason({ server }: { server: Server }) {
  const reason = explain(server, useNow());
  const text = reason?.title ?? server.installProgress?.label ?? server.description;
  return text ? <p className={classes.reason}>{text}</p> : null;
}
