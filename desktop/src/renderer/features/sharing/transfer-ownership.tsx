import type { Server } from '@catalyst/shared/features/servers';
import type { Subuser } from '@catalyst/shared/features/subusers';
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { Section } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { useMay, useUser } from '../sessions/use-session.ts';
import { UserPicker } from '../users/user-picker.tsx';
import classes from './sharing-tab.module.css';
import { strings } from './strings.ts';
import { useTransferOwnership } from './use-sharing.ts';

interface TransferProps {
  server: Server;
  subusers: readonly Subuser[];
}

/** Gives a server to somebody else: an owner to those it is shared with, an administrator to anyone. */
export function TransferOwnership({ server, subusers }: TransferProps) {
  const [isAsking, setAsking] = useState(false);
  const toAnyone = useMayGiveToAnyone();
  const hasNobody = !toAnyone && subusers.length === 0;
  return (
    <Section id="ownership" title={strings.danger} isDangerous>
      <div className={dialog.form}>
        <p className={classes.hint}>{hasNobody ? strings.transferNobody : strings.transferHint}</p>
        <div>
          <Button variant="default" disabled={hasNobody} onClick={() => setAsking(true)}>
            {strings.transfer}…
          </Button>
        </div>
      </div>
      {isAsking && <TransferDialog server={server} subusers={subusers} onClose={() => setAsking(false)} />}
    </Section>
  );
}

function TransferDialog({ server, subusers, onClose }: TransferProps & { onClose: () => void }) {
  const isOwner = useUser().id === server.owner.id;
  const toAnyone = useMayGiveToAnyone();
  const transfer = useTransferOwnership(server.id);
  const [newOwner, setNewOwner] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const isReady = newOwner !== null && typed.trim() === server.name.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (newOwner === null || !isReady) return;
    transfer.mutate(newOwner, {
      onSuccess: ({ owner }) => {
        notifications.show({ message: strings.transferred(server.name, owner.name) });
        onClose();
      },
    });
  };
  return (
    <Modal opened onClose={onClose} title={strings.transferTitle(server.name)}>
      <form className={dialog.form} onSubmit={submit}>
        <p>{isOwner ? strings.transferText : strings.transferTextOther(server.owner.name)}</p>
        {toAnyone ? (
          <UserPicker
            label={strings.newOwner}
            value={newOwner}
            onChange={setNewOwner}
            except={[server.owner.id]}
          />
        ) : (
          <Select
            label={strings.newOwner}
            data={subusers.map(({ user }) => ({
              value: user.id,
              label: `${user.displayName ?? user.name} (${user.email})`,
            }))}
            value={newOwner}
            onChange={setNewOwner}
          />
        )}
        <TextInput
          label={shared.typeToConfirm(server.name)}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        {transfer.error && <Failure title={shared.requestFailedToDo} error={transfer.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" color="red" disabled={!isReady} loading={transfer.isPending}>
            {strings.transferAction}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** Who may choose among all users also has to see them. */
function useMayGiveToAnyone(): boolean {
  const mayGive = useMay('server.change-owner');
  const maySee = useMay('user.read');
  return mayGive && maySee;
}
