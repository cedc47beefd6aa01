import type { LivePort } from '@catalyst/shared/features/live-ports-link';
import { serverStrings } from '../server-strings.ts';
import classes from './port-rows.module.css';
import { strings } from './strings.ts';

/** What is really there, for each protocol of one port. */
export function LivePortNotes({ ports }: { ports: readonly LivePort[] }) {
  const known = ports.filter(({ state }) => state !== 'unknown');
  const texts = new Set(known.map(textOf));
  if (known.length === 0) return null;
  return (
    <>
      {[...texts].map((text) => {
        const those = known.filter((port) => textOf(port) === text);
        const isAll = those.length === known.length;
        return (
          <span key={text} className={classes.live} data-state={those[0]?.state}>
            {isAll
              ? text
              : `${those.map(({ protocol }) => serverStrings.protocols[protocol]).join(', ')}: ${text}`}
          </span>
        );
      })}
    </>
  );
}

function textOf({ state, addresses, holder }: LivePort): string {
  if (state === 'listening') {
    const isLocal = addresses.every((address) => address === '::1' || address.startsWith('127.'));
    return isLocal ? strings.listeningLocally : strings.listening;
  }
  if (state === 'taken') return holder === null ? strings.taken : strings.takenBy(holder);
  return strings.nothingListens;
}
