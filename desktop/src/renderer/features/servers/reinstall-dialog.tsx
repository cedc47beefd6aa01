import type { Server } from '@catalyst/shared/features/servers';
import { Radio } from '@mantine/core';
import '@mantine/core/styles/Radio.layer.css';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { mayOnServer } from './power.ts';
import classes from './reinstall-dialog.module.css';
import { settingsStrings as strings } from './settings-strings.ts';
import { useReinstall } from './use-server-changes.ts';

interface ReinstallDialogProps {
  server: Server;
  onClose: () => void;
  /** It was ordered. */
  onDone: () => void;
}

/** Asks what becomes of the files before a server is installed again. Mounted while it is open. */
export function ReinstallDialog({ server, onClose, onDone }: ReinstallDialogProps) {
  const [data, setData] = useState<'keep' | 'wipe'>('keep');
  const reinstall = useReinstall(server.id);
  const mayWipe = mayOnServer(server, 'file.delete');
  return (
    <ConfirmDialog
      title={strings.reinstallTitle(server.name)}
      confirmLabel={strings.reinstallLabels[data]}
      typedName={data === 'wipe' ? server.name : undefined}
      isBusy={reinstall.isPending}
      error={reinstall.error}
      onClose={onClose}
      onConfirm={() => reinstall.mutate(data, { onSuccess: onDone })}
    >
      <Radio.Group
        label={strings.reinstallFiles}
        value={data}
        onChange={(value) => setData(value as 'keep' | 'wipe')}
      >
        <div className={classes.choices}>
          <Radio value="keep" label={strings.reinstallKeep} description={strings.reinstallKeepHint} />
          <Radio
            value="wipe"
            label={strings.reinstallWipe}
            description={mayWipe ? strings.reinstallWipeHint(server.node.name) : strings.reinstallMayNotWipe}
            disabled={!mayWipe}
          />
        </div>
      </Radio.Group>
    </ConfirmDialog>
  );
}
