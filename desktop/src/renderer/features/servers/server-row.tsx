import type { Server } from '@catalyst/shared/features/servers';
import { memo } from 'react';
import { Link, useNavigate } from 'react-router';
import { Copyable } from '../../components/copy-button.tsx';
import { GameIcon } from '../../components/game-icon.tsx';
import { Elapsed } from '../../components/relative-time.tsx';
import { SelectBox } from '../../components/select-box.tsx';
import { FavouriteStar } from './favourite-star.tsx';
import { LiveCpu, LiveMemory } from './live-usage.tsx';
import { PowerButton } from './power-button.tsx';
import { ServerLabels } from './server-labels.tsx';
import { sinceOf } from './server-order.ts';
import classes from './server-table.module.css';
import { StateBadge } from './state-badge.tsx';
import { strings } from './strings.ts';

interface ServerRowProps {
  server: Server;
  rowIndex: number;
  isSelected: boolean;
  onToggle: (id: string, extend?: boolean) => void;
  isFavourite: boolean;
  onFavourite: (id: string) => void;
}

/** One server in the table. The whole row leads to it for a mouse; its name is the link for everyone. */
export const ServerRow = memo(function ServerRow({ server, rowIndex, isSelected, ...props }: ServerRowProps) {
  const { onToggle, isFavourite, onFavourite } = props;
  const navigate = useNavigate();
  const path = `/servers/${server.id}`;
  return (
    <tr
      className={classes.row}
      aria-rowindex={rowIndex}
      data-selected={isSelected || undefined}
      onClick={(event) => {
        const isControl = (event.target as HTMLElement).closest('a, button, input, label, [role="menu"]');
        if (!isControl && event.currentTarget.contains(event.target as Node)) navigate(path);
      }}
    >
      <td className={classes.select}>
        <SelectBox
          aria-label={strings.select(server.name)}
          isChecked={isSelected}
          onChange={(event) => onToggle(server.id, (event.nativeEvent as MouseEvent).shiftKey)}
        />
      </td>
      <td className={classes.favourite}>
        <FavouriteStar server={server} isFavourite={isFavourite} onToggle={onFavourite} />
      </td>
      <td className={classes.state}>
        <StateBadge server={server} />
      </td>
      <td className={classes.name}>
        <Link to={path} className={classes.link} title={server.name}>
          <GameIcon name={server.template.icon} size={20} />
          <span className={classes.title}>{server.name}</span>
          <span className={classes.game}>{server.template.name}</span>
          <ServerLabels server={server} className={classes.labels} />
        </Link>
      </td>
      <td className={classes.node}>{server.node.name}</td>
      <td className={classes.address}>
        <Copyable value={server.address} what="address" />
      </td>
      <td className={classes.cpu}>
        <LiveCpu server={server} />
      </td>
      <td className={classes.memory}>
        <LiveMemory server={server} />
      </td>
      <td className={classes.since}>
        <Elapsed since={sinceOf(server)} />
      </td>
      <td className={classes.actions}>
        <PowerButton server={server} compact />
      </td>
    </tr>
  );
});
