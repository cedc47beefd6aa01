import type { Server } from '@catalyst/shared/features/servers';
import { IconFolder } from '@tabler/icons-react';
import classes from './server-labels.module.css';
import { strings } from './strings.ts';

interface ServerLabelsProps {
  server: Pick<Server, 'tags' | 'group'>;
  /** More tags than these are only counted. */
  mostTags?: number;
  className?: string;
}

/** A server's group and tags; nothing when it has none. */
export function ServerLabels({ server, mostTags = server.tags.length, className = '' }: ServerLabelsProps) {
  const { tags, group } = server;
  if (tags.length === 0 && group === null) return null;
  const rest = tags.slice(mostTags);
  return (
    <span className={`${classes.labels} ${className}`}>
      {group !== null && (
        <span className={classes.group} title={strings.inGroup(group)}>
          <IconFolder size={12} stroke={1.6} aria-hidden />
          <span className={classes.word}>{group}</span>
        </span>
      )}
      {tags.slice(0, mostTags).map((tag) => (
        <span key={tag} className={classes.tag} title={tag}>
          <span className={classes.word}>{tag}</span>
        </span>
      ))}
      {rest.length > 0 && (
        <span className={classes.tag} title={rest.join(', ')}>
          +{rest.length}
        </span>
      )}
    </span>
  );
}
