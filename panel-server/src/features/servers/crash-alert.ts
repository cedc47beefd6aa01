import { v7 as uuid } from 'uuid';
import type { RaisedAlert } from '../alerts/alerts.ts';
import type { ServerRow } from './server.entity.ts';
import type { CrashDetails } from './transitions.ts';

/** What is said of a server that has just crashed. */
export function crashAlert(row: ServerRow, { signal, outOfMemory, lastLines }: CrashDetails): RaisedAlert {
  const { nextRestartAt, reason, reasonText, exitCode, crashCount } = row;
  const { mode, maxRestarts } = row.restartPolicy;
  const hasGivenUp = nextRestartAt === null && mode !== 'never' && maxRestarts > 0;
  const after = hasGivenUp ? 'It crashed too often and is not restarted.' : plan(nextRestartAt);
  return {
    id: uuid(),
    kind: hasGivenUp ? 'restarts_given_up' : 'server_crashed',
    severity: nextRestartAt ? 'warning' : 'critical',
    at: row.stateChangedAt,
    message: [`${row.name} crashed.`, reasonText, after].filter(Boolean).join(' '),
    serverId: row.id,
    serverName: row.name,
    nodeId: row.nodeId,
    ownerId: row.ownerId,
    crash: { reason, reasonText, exitCode, signal, outOfMemory, crashCount, nextRestartAt },
    lastLines,
  };
}

const plan = (nextRestartAt: Date | null) => (nextRestartAt ? 'It is restarted.' : 'It stays down.');
