import type { Alert } from '@catalyst/shared/features/alerts';
import { notifications } from '@mantine/notifications';

/** What heals by itself is seen where the server is; what does not must not wait until somebody looks there. */
export function noteAlert({ serverId, serverName, severity, message }: Alert): void {
  if (severity !== 'critical') return;
  // One for each server, however often it happens.
  notifications.show({
    id: `alert-${serverId}`,
    color: 'red',
    title: serverName,
    message,
    autoClose: 20_000,
  });
}
