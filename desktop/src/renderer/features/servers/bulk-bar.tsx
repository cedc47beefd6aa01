import type { PowerAction } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { Button, CloseButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import classes from './bulk-bar.module.css';
import { powerChoices } from './power.ts';
import { strings } from './strings.ts';
import { type BulkResult, useBulkPower } from './use-power.ts';
import type { Selection } from './use-selection.ts';

const actions: PowerAction[] = ['start', 'stop', 'restart', 'kill'];

/** What can be done with the servers that are selected; each button counts those it applies to. */
export function BulkBar({ selection }: { selection: Selection }) {
  const bulk = useBulkPower();
  const [confirming, setConfirming] = useState<PowerAction>();
  const { servers } = selection;
  if (servers.length === 0) return null;
  const run = (action: PowerAction) =>
    bulk.mutate(
      { servers: affectedBy(action, servers), action },
      {
        onSuccess: (result) => {
          setConfirming(undefined);
          selection.clear();
          report(action, result);
        },
      },
    );
  return (
    <div className={classes.place}>
      <div className={classes.bar} role="toolbar" aria-label={strings.selected(servers.length)}>
        <span className={classes.count} role="status">
          {strings.selected(servers.length)}
        </span>
        {actions.map((action) => {
          const count = affectedBy(action, servers).length;
          return (
            <Button
              key={action}
              variant="default"
              size="xs"
              disabled={count === 0}
              loading={bulk.isPending && bulk.variables.action === action}
              onClick={() => (action === 'start' ? run(action) : setConfirming(action))}
            >
              {strings.power[action]}
              {count > 0 && <span className={classes.amount}>{count}</span>}
            </Button>
          );
        })}
        <CloseButton aria-label={strings.clearSelection} onClick={selection.clear} />
      </div>
      {confirming && (
        <ConfirmDialog
          title={strings.bulkConfirmTitle(strings.power[confirming], affectedBy(confirming, servers).length)}
          confirmLabel={strings.power[confirming]}
          isBusy={bulk.isPending}
          error={bulk.error}
          onConfirm={() => run(confirming)}
          onClose={() => setConfirming(undefined)}
        >
          {confirming === 'kill' ? strings.bulkConfirmKill : strings.bulkConfirm}
        </ConfirmDialog>
      )}
    </div>
  );
}

function affectedBy(action: PowerAction, servers: readonly Server[]): Server[] {
  return servers.filter((server) => powerChoices(server).some((choice) => choice.action === action));
}

function report(action: PowerAction, { done, refused }: BulkResult): void {
  if (done > 0) notifications.show({ message: strings.bulkDone(strings.power[action], done) });
  if (refused.length === 0) return;
  notifications.show({
    color: 'red',
    title: strings.bulkRefused(refused.length),
    message: refused
      .slice(0, 3)
      .map(({ name, sentence }) => `${name}: ${sentence}`)
      .join('\n'),
    autoClose: 15_000,
  });
}
