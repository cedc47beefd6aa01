import type { Permission } from '@catalyst/shared/contract/permissions';
import type { Server } from '@catalyst/shared/features/servers';
import { Button, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { hasCode, issuesByField } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { strings as shared } from '../../components/strings.ts';
import { InviteLinkDialog } from './invite-link-dialog.tsx';
import { heldOn, presetWithin } from './rights.ts';
import { RightsChoice } from './rights-choice.tsx';
import { strings } from './strings.ts';
import { useInviteTo } from './use-sharing.ts';

/** Offers somebody access to a server, by a link. */
export function InvitePersonDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const invite = useInviteTo(server.id);
  const held = heldOn(server);
  const [email, setEmail] = useState('');
  const [permissions, setPermissions] = useState<Permission[]>(() => presetWithin('viewer', held));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ ...(email.trim() && { email }), permissions });
  };
  if (invite.data) {
    return (
      <InviteLinkDialog
        invite={invite.data}
        onClose={onClose}
        onAnother={() => {
          setEmail('');
          invite.reset();
        }}
      />
    );
  }
  return (
    <Modal opened onClose={onClose} size="xl" title={strings.inviteTitle(server.name)}>
      <form className={dialog.form} noValidate onSubmit={submit}>
        <TextInput
          label={strings.email}
          description={strings.emailHint}
          type="email"
          autoComplete="off"
          data-autofocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={issuesByField(invite.error).email}
        />
        <RightsChoice value={permissions} onChange={setPermissions} held={held} />
        {invite.error && !hasCode(invite.error, 'invalid_input') && (
          <Failure title={strings.inviteFailed} error={invite.error} />
        )}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={invite.isPending}>
            {strings.createLink}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
