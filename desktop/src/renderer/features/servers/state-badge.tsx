import type { Server } from '@catalyst/shared/features/servers';
import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { describeState, type Tone } from './server-tone.ts';
import classes from './state-badge.module.css';

/** A state as shape, colour and word. `boxed` stands alone, as in a page's header. */
export function StateBadge({ server, boxed }: { server: Pick<Server, 'state' | 'node'>; boxed?: boolean }) {
  const { tone, word, hint } = describeState(server);
  const badge = (
    <span className={classes.badge} data-tone={tone} data-boxed={boxed || undefined}>
      <StateShape tone={tone} isKnown={server.node.online} />
      {word}
    </span>
  );
  return hint ? <Tooltip label={hint}>{badge}</Tooltip> : badge;
}

/** Shapes differ, so that states can be told apart without seeing colours. */
const shapes: Record<Tone, ReactNode> = {
  green: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  amber: (
    <>
      <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.4" strokeOpacity=".35" />
      <path d="M5 1.4A3.6 3.6 0 0 1 8.6 5" fill="none" stroke="currentColor" strokeWidth="1.6" />
    </>
  ),
  red: <path d="M5 .8 9.6 9H.4Z" fill="currentColor" />,
  grey: <circle cx="5" cy="5" r="3.4" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  violet: <path d="M1.5 1.5h2.6v7H1.5Zm4.4 0h2.6v7H5.9Z" fill="currentColor" />,
};

/** The sign of a state without its word; the word must stand beside it. */
export function StateShape(props: { tone: Tone; isKnown: boolean; isStill?: boolean }) {
  const { tone, isKnown, isStill } = props;
  return (
    <svg
      viewBox="0 0 10 10"
      className={classes.shape}
      data-tone={tone}
      data-turning={(tone === 'amber' && !isStill) || undefined}
      aria-hidden
    >
      {isKnown ? (
        shapes[tone]
      ) : (
        <circle
          cx="5"
          cy="5"
          r="3.6"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeDasharray="2 1.6"
        />
      )}
    </svg>
  );
}
