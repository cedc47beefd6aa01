import type { Server } from '@catalyst/shared/features/servers';
import { Button, CloseButton, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconChevronUp } from '@tabler/icons-react';
import { useState } from 'react';
import { ProgressBar } from '../../components/usage-bar.tsx';
import { affectedBy, type BulkAction, bulkOthers, bulkPower } from './bulk-actions.ts';
import classes from './bulk-bar.module.css';
import { BulkDialog } from './bulk-dialog.tsx';
import { BulkRefusals } from './bulk-refusals.tsx';
import { bulkStrings as strings } from './bulk-strings.ts';
import { type BulkOrder, type BulkResult, useBulk } from './use-bulk.ts';
import type { Selection } from './use-selection.ts';

/** What can be done with the servers that are selected; each choice counts those it applies to. */
export function BulkBar({ selection }: { selection: Selection }) {
  const { progress, run } = useBulk();
  const [asked, setAsked] = useState<BulkAction>();
  const [refusals, setRefusals] = useState<BulkResult>();
  const { servers } = selection;
  const order = async (action: BulkAction, asked: Pick<BulkOrder, 'text' | 'isKept'> = {}) => {
    setAsked(undefined);
    const result = await run({ action, servers: affectedBy(action, servers), ...asked });
    selection.clear();
    if (result.done > 0) notifications.show({ message: strings.done(action, result.done) });
    if (result.refused.length > 0) setRefusals(result);
  };
  const choose = (action: BulkAction) =>
    action === 'start' || action === 'unsuspend' ? void order(action) : setAsked(action);
  return (
    <>
      {(servers.length > 0 || progress) && (
        <div className={classes.place}>
          <div className={classes.bar} role="toolbar" aria-label={strings.selected(servers.length)}>
            {progress ? (
              <div className={classes.progress} role="status">
                <span className={classes.count}>
                  {strings.progress(progress.action, progress.ended, progress.total)}
                </span>
                <ProgressBar
                  label={strings.actions[progress.action]}
                  fraction={progress.ended / progress.total}
                />
              </div>
            ) : (
              <>
                <span className={classes.count} role="status">
                  {strings.selected(servers.length)}
                </span>
                {bulkPower.map((action) => (
                  <PowerChoice key={action} action={action} servers={servers} onChoose={choose} />
                ))}
                <OtherChoices servers={servers} onChoose={choose} />
                <CloseButton aria-label={strings.clearSelection} onClick={selection.clear} />
              </>
            )}
          </div>
        </div>
      )}
      {asked && (
        <BulkDialog
          action={asked}
          selected={servers}
          onConfirm={(answers) => void order(asked, answers)}
          onClose={() => setAsked(undefined)}
        />
      )}
      {refusals && <BulkRefusals result={refusals} onClose={() => setRefusals(undefined)} />}
    </>
  );
}

interface ChoiceProps {
  servers: readonly Server[];
  onChoose: (action: BulkAction) => void;
}

function PowerChoice({ action, servers, onChoose }: ChoiceProps & { action: BulkAction }) {
  const count = affectedBy(action, servers).length;
  return (
    <Button variant="default" size="xs" disabled={count === 0} onClick={() => onChoose(action)}>
      {strings.actions[action]}
      {count > 0 && <span className={classes.amount}>{count}</span>}
    </Button>
  );
}

/** Only what the person may do on at least one of them. */
function OtherChoices({ servers, onChoose }: ChoiceProps) {
  const choices = bulkOthers
    .map((action) => ({ action, count: affectedBy(action, servers).length }))
    .filter(({ count }) => count > 0);
  if (choices.length === 0) return null;
  return (
    <Menu position="top-end">
      <Menu.Target>
        <Button variant="default" size="xs" rightSection={<IconChevronUp size={14} stroke={1.6} />}>
          {strings.more}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map(({ action, count }) => (
          <Menu.Item
            key={action}
            color={action === 'delete' ? 'red' : undefined}
            rightSection={<span className={classes.amount}>{count}</span>}
            onClick={() => onChoose(action)}
          >
            {strings.actions[action]}
            {action !== 'unsuspend' && '…'}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
