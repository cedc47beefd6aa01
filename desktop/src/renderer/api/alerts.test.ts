import type { Alert } from '@catalyst/shared/features/alerts';
import { cleanNotifications, notificationsStore } from '@mantine/notifications';
import { afterEach, expect, it } from 'vitest';
import { noteAlert } from './alerts.ts';

afterEach(() => cleanNotifications());

const alert = (id: string, serverId: string, severity: Alert['severity'] = 'critical'): Alert => ({
  id,
  kind: severity === 'critical' ? 'restarts_given_up' : 'server_crashed',
  severity,
  at: new Date(0),
  message: `message ${id}`,
  serverId,
  serverName: 'A server',
  nodeId: 'node',
  crash: {
    reason: null,
    reasonText: null,
    exitCode: 1,
    signal: null,
    outOfMemory: false,
    crashCount: 1,
    nextRestartAt: null,
  },
});
const shown = () => notificationsStore.getState().notifications.map(({ message }) => message);

it('of one server the newest alert is shown, beside those of others', () => {
  noteAlert(alert('1', 'one'));
  noteAlert(alert('2', 'other'));
  noteAlert(alert('3', 'one'));
  expect(shown()).toEqual(['message 2', 'message 3']);
});

it('a crash that heals by itself is not shown', () => {
  noteAlert(alert('4', 'one', 'warning'));
  expect(shown()).toEqual([]);
});
