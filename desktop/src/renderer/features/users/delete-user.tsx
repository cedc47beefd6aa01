import type { ManagedUser } from '@catalyst/shared/features/users';
import { Button, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { Section } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { strings } from './strings.ts';
import { useDeleteUser } from './use-users.ts';
import classes from './user-page.module.css';
import { UserPicker } from './user-picker.tsx';

export function DeleteUser({ user }: { user: ManagedUser }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <Section id="danger" title={strings.danger} isDangerous>
      <div className={classes.row}>
        <div className={classes.text}>
          <h3 className={classes.title}>{strings.delete}</h3>
          <p className={classes.hint}>{strings.deleteHint}</p>
        </div>
        <Button color="red" onClick={() => setAsking(true)}>
          {strings.delete}…
        </Button>
      </div>
      {isAsking && <DeleteUserDialog user={user} onClose={() => setAsking(false)} />}
    </Section>
  );
}

/** Asks for the name, and, when there are servers, for who gets them. */
function DeleteUserDialog({ user, onClose }: { user: ManagedUser; onClose: () => void }) {
  const navigate = useNavigate();
  const remove = useDeleteUser(user.id);
  const [typed, setTyped] = useState('');
  const [newOwner, setNewOwner] = useState<string | null>(null);
  const hasServers = user.ownedServers > 0;
  const isReady = typed.trim() === user.name && (!hasServers || newOwner !== null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    remove.mutate(newOwner ?? undefined, {
      onSuccess: () => {
        notifications.show({ message: strings.deleted(user.name) });
        navigate('/people/users');
      },
    });
  };
  return (
    <Modal opened onClose={onClose} title={strings.deleteTitle(user.name)}>
      <form className={dialog.form} onSubmit={submit}>
        <div className={dialog.text}>
          <p>{strings.deleteText}</p>
          {hasServers && <p>{strings.deleteServers(user.ownedServers)}</p>}
        </div>
        {hasServers && (
          <UserPicker
            label={strings.newOwner}
            description={strings.newOwnerHint}
            value={newOwner}
            onChange={setNewOwner}
            except={[user.id]}
          />
        )}
        <TextInput
          label={shared.typeToConfirm(user.name)}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        {remove.error && <Failure title={shared.requestFailedToDo} error={remove.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" color="red" disabled={!isReady} loading={remove.isPending}>
            {strings.delete}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
