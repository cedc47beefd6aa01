import type { CreatedApiKey } from '@catalyst/shared/features/api-keys';
import { Button, Modal } from '@mantine/core';
import type { z } from 'zod';
import { basePath } from '../../api/client.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Notice } from '../../components/notice.tsx';
import { ShownOnce } from '../people/shown-once.tsx';
import { strings } from './strings.ts';

interface CreatedKeyDialogProps {
  created: z.output<typeof CreatedApiKey>;
  onClose: () => void;
}

/** The key itself, this once. A click beside the dialog does not lose it. */
export function CreatedKeyDialog({ created, onClose }: CreatedKeyDialogProps) {
  const command = `curl -H 'x-api-key: ${created.key}' ${location.origin}${basePath}/api/servers`;
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={false}
      closeOnEscape={false}
      size="lg"
      title={strings.createdTitle(created.name)}
    >
      <div className={dialog.form}>
        <Notice tone="warning" urgent>
          {strings.createdNotice}
        </Notice>
        <ShownOnce value={created.key} what="key" />
        <p>{strings.try}</p>
        <ShownOnce value={command} what="command" />
        <div className={dialog.buttons}>
          <Button onClick={onClose} data-autofocus>
            {strings.done}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
