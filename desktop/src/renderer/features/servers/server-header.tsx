import type { Server } from '@catalyst/shared/features/servers';
import { CopyButton } from '../../components/copy-button.tsx';
import { GameIcon } from '../../components/game-icon.tsx';
import { Elapsed } from '../../components/relative-time.tsx';
import { FavouriteStar } from './favourite-star.tsx';
import { PowerButton } from './power-button.tsx';
import classes from './server-header.module.css';
import { ServerLabels } from './server-labels.tsx';
import { sinceOf } from './server-order.ts';
import { serverStrings as strings } from './server-strings.ts';
import { StateBadge } from './state-badge.tsx';
import { strings as listStrings } from './strings.ts';
import { useFavourites } from './use-favourites.ts';

/** Who the server is, how it is, where players find it, and the one thing to do with it. */
export function ServerHeader({ server }: { server: Server }) {
  const { states } = listStrings;
  const favourites = useFavourites();
  return (
    <header className={classes.header}>
      <GameIcon name={server.template.icon} size={48} />
      <div className={classes.words}>
        <div className={classes.first}>
          <h1 className={classes.name} title={server.name}>
            {server.name}
          </h1>
          <StateBadge server={server} boxed />
          <FavouriteStar
            server={server}
            isFavourite={favourites.has(server.id)}
            onToggle={favourites.toggle}
          />
        </div>
        <div className={classes.facts}>
          <span className={classes.address}>
            <code>{server.address}</code>
            <CopyButton value={server.address} what="address" />
          </span>
          <span>
            {server.template.name} {strings.on(server.node.name)}
          </span>
          {server.node.online ? (
            <span>
              {server.state === 'running' ? strings.up : strings.since} <Elapsed since={sinceOf(server)} />
            </span>
          ) : (
            <span>{strings.lastKnown(states[server.state])}</span>
          )}
          <ServerLabels server={server} />
        </div>
      </div>
      <div className={classes.power}>
        <PowerButton server={server} />
      </div>
    </header>
  );
}
