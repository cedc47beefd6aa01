import type { ManagedUser } from '@catalyst/shared/features/users';
import { Link } from 'react-router';
import { GameIcon } from '../../components/game-icon.tsx';
import { Section } from '../../components/section.tsx';
import { useServerList } from '../servers/use-servers.ts';
import { strings } from './strings.ts';
import classes from './user-page.module.css';

/** What somebody owns, as far as it is among the servers that are loaded. */
export function OwnedServers({ user }: { user: ManagedUser }) {
  const { servers } = useServerList({}, { enabled: user.ownedServers > 0 });
  const owned = (servers ?? []).filter(({ owner }) => owner.id === user.id);
  const unseen = user.ownedServers - owned.length;
  return (
    <Section id="servers" title={strings.ownedServers} hint={strings.ownedServersHint}>
      {user.ownedServers === 0 ? (
        <p className={classes.hint}>{strings.noServers}</p>
      ) : (
        <div className={classes.servers}>
          {owned.map(({ id, name, template }) => (
            <Link key={id} to={`/servers/${id}`} className={classes.server}>
              <GameIcon name={template.icon} size={20} />
              {name}
            </Link>
          ))}
          {unseen > 0 && (
            <span className={classes.hint}>
              {owned.length > 0 ? strings.moreServers(unseen) : strings.servers(unseen)}
            </span>
          )}
        </div>
      )}
    </Section>
  );
}
