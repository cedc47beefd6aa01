import { ServerGroup, ServerTag } from '@catalyst/shared/features/server-labels';
import type { Server } from '@catalyst/shared/features/servers';
import { Autocomplete, Textarea } from '@mantine/core';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { affectedBy, type BulkAction } from './bulk-actions.ts';
import { bulkStrings as strings } from './bulk-strings.ts';
import { KeepChoice } from './keep-choice.tsx';
import type { BulkOrder } from './use-bulk.ts';
import { useKnownLabels } from './use-known-labels.ts';

interface BulkDialogProps {
  action: BulkAction;
  selected: readonly Server[];
  onConfirm: (answers: Pick<BulkOrder, 'text' | 'isKept'>) => void;
  onClose: () => void;
}

/** Asks before something is done to many servers, and for what it takes. Says how many are left out. */
export function BulkDialog({ action, selected, onConfirm, onClose }: BulkDialogProps) {
  const [text, setText] = useState('');
  const [isKept, setKept] = useState(false);
  const count = affectedBy(action, selected).length;
  const leftOut = selected.length - count;
  const issue = text === '' ? undefined : issueOf(action, text);
  const isReady = issue === undefined && (action !== 'tag' || text.trim() !== '');
  return (
    <ConfirmDialog
      title={strings.title(action, count)}
      confirmLabel={strings.actions[action]}
      typedName={action === 'delete' ? strings.typed(count) : undefined}
      isHarmless={action === 'tag' || action === 'group'}
      isBlocked={!isReady}
      isBusy={false}
      error={null}
      onConfirm={() =>
        onConfirm({ text: action === 'tag' ? text.trim().toLowerCase() : text.trim(), isKept })
      }
      onClose={onClose}
    >
      <p>{isKept ? strings.explainKept : strings.explain[action]}</p>
      {leftOut > 0 && <p>{strings.leftOut(leftOut)}</p>}
      {action === 'delete' && <KeepChoice isKept={isKept} onChange={setKept} />}
      <AskedFor action={action} text={text} issue={issue} onText={setText} />
    </ConfirmDialog>
  );
}

interface AskedForProps {
  action: BulkAction;
  text: string;
  issue: string | undefined;
  onText: (text: string) => void;
}

function AskedFor({ action, text, issue, onText }: AskedForProps) {
  const known = useKnownLabels();
  if (action === 'suspend') {
    return (
      <Textarea
        label={strings.reason}
        description={strings.reasonHint}
        value={text}
        maxLength={500}
        autosize
        minRows={2}
        maxRows={6}
        mt="sm"
        data-autofocus
        onChange={(event) => onText(event.currentTarget.value)}
      />
    );
  }
  if (action !== 'tag' && action !== 'group') return null;
  return (
    <Autocomplete
      label={strings.labels[action]}
      description={action === 'group' ? strings.groupHint : undefined}
      data={action === 'tag' ? known.tags : known.groups}
      value={text}
      maxLength={action === 'tag' ? 32 : 60}
      error={issue}
      data-autofocus
      onChange={onText}
    />
  );
}

function issueOf(action: BulkAction, text: string): string | undefined {
  if (action !== 'tag' && action !== 'group') return undefined;
  if (action === 'group' && text.trim() === '') return undefined;
  const message = (action === 'tag' ? ServerTag : ServerGroup).safeParse(text).error?.issues[0]?.message;
  return message && `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
}
