import type { NewServerInvite } from '@catalyst/shared/features/subusers';
import { Button, Modal } from '@mantine/core';
import type { z } from 'zod';
import dialog from '../../components/confirm-dialog.module.css';
import { ShownOnce } from '../people/shown-once.tsx';
import { strings } from './strings.ts';

interface InviteLinkDialogProps {
  invite: z.output<typeof NewServerInvite>;
  onClose: () => void;
  onAnother?: () => void;
}

/** The link of an invitation, this once. */
export function InviteLinkDialog({ invite, onClose, onAnother }: InviteLinkDialogProps) {
  return (
    <Modal opened onClose={onClose} closeOnClickOutside={false} title={strings.linkTitle}>
      <div className={dialog.form}>
        <p>{invite.email ? strings.linkFor(invite.email) : strings.linkForAnyone}</p>
        <ShownOnce value={invite.url} what="link" />
        <div className={dialog.buttons}>
          {onAnother && (
            <Button variant="default" onClick={onAnother}>
              {strings.another}
            </Button>
          )}
          <Button onClick={onClose} data-autofocus>
            {strings.done}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
