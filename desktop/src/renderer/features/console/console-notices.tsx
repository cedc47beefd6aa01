import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { sentenceOf } from '../../api/errors.ts';
import { useObservable } from '../../api/observable.ts';
import { connection } from '../../api/socket.ts';
import classes from './console-notices.module.css';
import type { ConsoleSession, ConsoleState } from './console-session.ts';
import { strings } from './strings.ts';

const shownMs = 6000;

/** What the reader should know of the lines: cut off, caught up, lines left out. One at a time, the gravest. */
export function ConsoleNotices({ state, session }: { state: ConsoleState; session: ConsoleSession }) {
  const isCutOff = useObservable(connection) === 'reconnecting';
  const [fillError, setFillError] = useState<unknown>();
  const caughtUp = useShownForAMoment(state.caughtUp);
  if (isCutOff) return <Line tone="amber">{strings.reconnecting}</Line>;
  if (state.missing > 0) {
    return (
      <Line tone="amber">
        {fillError ? sentenceOf(fillError) : strings.dropped(state.missing)}
        <Button
          variant="default"
          size="xs"
          className={classes.action}
          loading={state.isFilling}
          onClick={() => {
            setFillError(undefined);
            session.loadMissing().catch(setFillError);
          }}
        >
          {strings.loadThem}
        </Button>
      </Line>
    );
  }
  if (state.olderError) {
    return (
      <Line tone="amber">
        {strings.olderFailed}: {sentenceOf(state.olderError)}
      </Line>
    );
  }
  if (state.isLoadingOlder) return <Line tone="grey">{strings.loadingOlder}…</Line>;
  if (caughtUp !== null) return <Line tone="green">{strings.caughtUp(caughtUp)}</Line>;
  return null;
}

function Line({ tone, children }: { tone: 'amber' | 'green' | 'grey'; children: React.ReactNode }) {
  return (
    <div className={classes.line} data-tone={tone} role="status">
      {children}
    </div>
  );
}

function useShownForAMoment<Value>(value: Value | null): Value | null {
  const [shown, setShown] = useState(value);
  useEffect(() => {
    setShown(value);
    if (value === null) return;
    const timer = setTimeout(() => setShown(null), shownMs);
    return () => clearTimeout(timer);
  }, [value]);
  return shown;
}
