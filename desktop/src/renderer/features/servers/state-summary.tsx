import type { Server } from '@catalyst/shared/features/servers';
import { groupOf, type StateGroup, stateGroups, type Tone } from './server-tone.ts';
import { StateShape } from './state-badge.tsx';
import classes from './state-summary.module.css';
import { strings } from './strings.ts';

const tones: Record<StateGroup, Tone> = {
  trouble: 'red',
  changing: 'amber',
  running: 'green',
  stopped: 'grey',
  suspended: 'violet',
  unknown: 'grey',
};

interface StateSummaryProps {
  servers: readonly Server[];
  chosen: StateGroup | undefined;
  onChoose: (group: StateGroup | undefined) => void;
}

/** How the servers are, in numbers; each number shows only its servers. */
export function StateSummary({ servers, chosen, onChoose }: StateSummaryProps) {
  const counts = new Map<StateGroup, number>();
  for (const server of servers) {
    const group = groupOf(server);
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  const shown = stateGroups.filter((group) => counts.has(group) || group === chosen);
  return (
    <fieldset className={classes.summary} aria-label={strings.stateFilter}>
      <button
        type="button"
        className={classes.choice}
        aria-pressed={!chosen}
        onClick={() => onChoose(undefined)}
      >
        {strings.allStates} <span className={classes.count}>{servers.length}</span>
      </button>
      {shown.map((group) => (
        <button
          key={group}
          type="button"
          className={classes.choice}
          aria-pressed={chosen === group}
          onClick={() => onChoose(chosen === group ? undefined : group)}
        >
          <StateShape tone={tones[group]} isKnown={group !== 'unknown'} isStill />
          <span className={classes.count}>{counts.get(group) ?? 0}</span> {strings.groups[group]}
        </button>
      ))}
    </fieldset>
  );
}
