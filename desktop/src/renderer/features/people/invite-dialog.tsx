import { Button, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { hasCode, issuesByField } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { strings as shared } from '../../components/strings.ts';
import { RoleSelect } from '../users/role-select.tsx';
import { ShownOnce } from './shown-once.tsx';
import { strings } from './strings.ts';
import { useInvite } from './use-invitations.ts';

/** Makes a link by which somebody gets an account of their own. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const invite = useInvite();
  const [email, setEmail] = useState('');
  const [roleId, setRoleId] = useState<string | null>(null);
  const issues = issuesByField(invite.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ ...(email.trim() && { email }), ...(roleId && { roleId }) });
  };
  if (invite.data) {
    const { link, invitation } = invite.data;
    return (
      <Modal opened onClose={onClose} title={strings.invited}>
        <div className={dialog.form}>
          <Notice tone={link.wasMailed ? 'success' : 'info'}>
            {link.wasMailed && invitation.email ? strings.mailed(invitation.email) : strings.notMailed}
          </Notice>
          <ShownOnce value={link.url} what="link" />
          <div className={dialog.buttons}>
            <Button
              variant="default"
              onClick={() => {
                setEmail('');
                invite.reset();
              }}
            >
              {strings.another}
            </Button>
            <Button onClick={onClose} data-autofocus>
              {strings.done}
            </Button>
          </div>
        </div>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={strings.inviteTitle}>
      <form className={dialog.form} noValidate onSubmit={submit}>
        <p>{strings.inviteLead}</p>
        <TextInput
          label={strings.inviteEmail}
          description={strings.inviteEmailHint}
          type="email"
          autoComplete="off"
          data-autofocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={issues.email}
        />
        <RoleSelect
          value={roleId}
          onChange={setRoleId}
          description={strings.inviteRole}
          error={issues.roleId}
        />
        {invite.error && !hasCode(invite.error, 'invalid_input') && (
          <Failure title={strings.inviteFailed} error={invite.error} />
        )}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={invite.isPending}>
            {strings.makeLink}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
