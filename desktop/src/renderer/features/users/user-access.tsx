import type { ManagedUser } from '@catalyst/shared/features/users';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { sentenceOf } from '../../api/errors.ts';
import { Section } from '../../components/section.tsx';
import { ResetLinkDialog } from './reset-link-dialog.tsx';
import { SetPasswordDialog } from './set-password-dialog.tsx';
import { strings } from './strings.ts';
import { useSignOutUser } from './use-users.ts';
import classes from './user-page.module.css';

/** Passwords and sessions of somebody else. */
export function UserAccess({ user }: { user: ManagedUser }) {
  const [dialog, setDialog] = useState<'link' | 'password'>();
  const signOut = useSignOutUser(user.id);
  const close = () => setDialog(undefined);
  const rows = [
    {
      title: strings.resetLink,
      hint: strings.resetLinkHint,
      label: strings.makeLink,
      act: () => setDialog('link'),
    },
    {
      title: strings.setPassword,
      hint: strings.setPasswordHint,
      label: `${strings.setPassword}…`,
      act: () => setDialog('password'),
    },
    {
      title: strings.signOut,
      hint: strings.signOutHint,
      label: strings.signOut,
      act: () =>
        signOut.mutate(undefined, {
          onSuccess: () => notifications.show({ message: strings.signedOut(user.name) }),
          onError: (error) =>
            notifications.show({ color: 'red', title: strings.signOutFailed, message: sentenceOf(error) }),
        }),
    },
  ];
  return (
    <Section id="access" title={strings.access} hint={strings.accessHint}>
      {rows.map(({ title, hint, label, act }) => (
        <div key={title} className={classes.row}>
          <div className={classes.text}>
            <h3 className={classes.title}>{title}</h3>
            <p className={classes.hint}>{hint}</p>
          </div>
          <Button variant="default" onClick={act} loading={label === strings.signOut && signOut.isPending}>
            {label}
          </Button>
        </div>
      ))}
      {dialog === 'link' && <ResetLinkDialog user={user} onClose={close} />}
      {dialog === 'password' && <SetPasswordDialog user={user} onClose={close} />}
    </Section>
  );
}
