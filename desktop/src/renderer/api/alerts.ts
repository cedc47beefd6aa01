import type { Alert } from '@catalyst/shared/features/alerts';
import { notifications } from '@mantine/notifications';

const shownByServer = new Map<string, string>();

/** What heals by itself is seen where the server is; what does not must not wait until somebody looks there. */
export function noteAlert({ id, serverId, serverName, severity, message }: Alert): void {
  if (severity !== 'critical') return;
  // One for each server, however often it happens: the newest. With the id of the one before it would get no time of its own.
  const before = shownByServer.get(serverId);
  if (before !== undefined) notifications.hide(before);
  shownByServer.set(serverId, id);
  notifications.show({ id, color: 'red', title: serverName, message, autoClose: 20_000 });
}
