import { Tooltip } from '@mantine/core';
import { IconCheck, IconPlugConnectedX } from '@tabler/icons-react';
import { useObservable } from '../../api/observable.ts';
import { connection } from '../../api/socket.ts';
import classes from './connection-sign.module.css';
import { strings } from './strings.ts';

/** Says when the page is cut off from the panel and when it is current again; silent while all is well. */
export function ConnectionSign() {
  const state = useObservable(connection);
  return (
    <div role="status" className={classes.place}>
      {state === 'reconnecting' && (
        <Tooltip label={strings.reconnectingHint}>
          <span className={classes.sign} data-tone="amber">
            <IconPlugConnectedX size={16} stroke={1.75} aria-hidden />
            {strings.reconnecting}
          </span>
        </Tooltip>
      )}
      {state === 'caught-up' && (
        <Tooltip label={strings.caughtUpHint}>
          <span className={classes.sign} data-tone="green">
            <IconCheck size={16} stroke={1.75} aria-hidden />
            {strings.caughtUp}
          </span>
        </Tooltip>
      )}
    </div>
  );
}
