import { Button, Modal, NumberInput, Skeleton } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { formatBytes } from '../../../components/units.ts';
import classes from './prune-dialog.module.css';
import { strings } from './strings.ts';
import { usePruneImages, usePrunePreview } from './use-images.ts';

/** Shows what would go before it goes. */
export function PruneDialog({ nodeId, onClose }: { nodeId: string; onClose: () => void }) {
  const [days, setDays] = useState(7);
  const [askedDays] = useDebouncedValue(days, 250);
  const preview = usePrunePreview(nodeId, askedDays);
  const prune = usePruneImages(nodeId);
  const going = preview.data?.removed ?? [];
  const isCurrent = askedDays === days && preview.isSuccess && !preview.isFetching;
  return (
    <Modal opened onClose={onClose} title={strings.pruneTitle}>
      <form
        className={dialog.form}
        onSubmit={(event) => {
          event.preventDefault();
          prune.mutate(days, {
            onSuccess: ({ removed, freedBytes }) => {
              notifications.show({ message: strings.pruned(removed.length, formatBytes(freedBytes)) });
              onClose();
            },
          });
        }}
      >
        <p>{strings.pruneText}</p>
        <NumberInput
          label={strings.days}
          suffix={strings.daySuffix(days)}
          min={0}
          max={3650}
          allowDecimal={false}
          value={days}
          onChange={(value) => setDays(Number(value) || 0)}
          data-autofocus
        />
        {preview.isPending && <Skeleton height={14} width="60%" />}
        {preview.error && (
          <Failure
            title={strings.previewFailed}
            error={preview.error}
            retry={() => void preview.refetch()}
            isRetrying={preview.isFetching}
          />
        )}
        {preview.data && (
          <div className={classes.preview} role="status">
            {going.length === 0
              ? strings.pruneNothing
              : strings.pruneGoes(going.length, formatBytes(preview.data.freedBytes))}
            <ul className={classes.going}>
              {going.map((reference) => (
                <li key={reference}>
                  <code>{reference}</code>
                </li>
              ))}
            </ul>
          </div>
        )}
        {prune.error && <Failure title={shared.requestFailedToDo} error={prune.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button
            type="submit"
            color="red"
            disabled={!isCurrent || going.length === 0}
            loading={prune.isPending}
          >
            {strings.pruneAction(going.length)}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
