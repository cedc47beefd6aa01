import type { Role } from '@catalyst/shared/features/roles';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Section } from '../../components/section.tsx';
import classes from './role-page.module.css';
import { strings } from './strings.ts';
import { useDeleteRole } from './use-roles.ts';

export function DeleteRole({ role, onDeleted }: { role: Role; onDeleted: () => void }) {
  const navigate = useNavigate();
  const remove = useDeleteRole();
  const [isAsking, setAsking] = useState(false);
  return (
    <Section id="danger" title={strings.danger} isDangerous>
      <div className={classes.dangerRow}>
        <p className={classes.hint}>
          {role.userCount > 0 ? strings.deleteHas(role.userCount) : strings.deleteHint}
        </p>
        <Button color="red" disabled={role.userCount > 0} onClick={() => setAsking(true)}>
          {strings.delete}…
        </Button>
      </div>
      {isAsking && (
        <ConfirmDialog
          title={strings.deleteTitle(role.name)}
          confirmLabel={strings.delete}
          isBusy={remove.isPending}
          error={remove.error}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            remove.mutate(role.id, {
              onSuccess: () => {
                onDeleted();
                notifications.show({ message: strings.deleted(role.name) });
                navigate('/people/roles');
              },
            })
          }
        >
          {strings.deleteText}
        </ConfirmDialog>
      )}
    </Section>
  );
}
