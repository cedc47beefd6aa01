import type { Permission } from '@catalyst/shared/contract/permissions';
import type { Server } from '@catalyst/shared/features/servers';
import type { Subuser } from '@catalyst/shared/features/subusers';
import { Button, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { strings as shared } from '../../components/strings.ts';
import { heldOn } from './rights.ts';
import { RightsChoice } from './rights-choice.tsx';
import { strings } from './strings.ts';
import { useUpdateSubuser } from './use-sharing.ts';

interface EditRightsDialogProps {
  server: Server;
  subuser: Subuser;
  onClose: () => void;
}

export function EditRightsDialog({ server, subuser: { user, permissions }, onClose }: EditRightsDialogProps) {
  const update = useUpdateSubuser(server.id, user.id);
  const [value, setValue] = useState(permissions as Permission[]);
  return (
    <Modal opened onClose={onClose} size="xl" title={strings.editTitle(user.name)}>
      <form
        className={dialog.form}
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate(value, {
            onSuccess: () => {
              notifications.show({ message: strings.saved(user.name) });
              onClose();
            },
          });
        }}
      >
        <p>{strings.editHint}</p>
        <RightsChoice value={value} onChange={setValue} held={heldOn(server)} />
        {update.error && <Failure title={strings.saveFailed} error={update.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={update.isPending}>
            {strings.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
