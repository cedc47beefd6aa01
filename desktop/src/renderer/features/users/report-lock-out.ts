import { notifications } from '@mantine/notifications';
import { strings } from './strings.ts';
import type { BulkResult } from './use-users.ts';

export function reportLockOut(lockOut: boolean, { done, refused }: BulkResult): void {
  if (done > 0) notifications.show({ message: lockOut ? strings.disabled(done) : strings.enabled(done) });
  if (refused.length === 0) return;
  notifications.show({
    color: 'red',
    title: strings.refused(refused.length),
    message: refused
      .slice(0, 3)
      .map(({ name, sentence }) => `${name}: ${sentence}`)
      .join('\n'),
    autoClose: 15_000,
  });
}
