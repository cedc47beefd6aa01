import { NewRole, type Role } from '@catalyst/shared/features/roles';
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import { Link, useBlocker, useNavigate } from 'react-router';
import { hasCode, issuesByField, sentenceOf } from '../../api/errors.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Failure } from '../../components/failure.tsx';
import { validateWith } from '../../components/form-validation.ts';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SaveBar } from '../../components/save-bar.tsx';
import { Section } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { useMay } from '../sessions/use-session.ts';
import { DeleteRole } from './delete-role.tsx';
import { NodeScope } from './node-scope.tsx';
import { PermissionMatrix } from './permission-matrix.tsx';
import classes from './role-page.module.css';
import { strings } from './strings.ts';
import { useGivableGrants, useIsWithinMine } from './use-grants.ts';
import { useCreateRole, useUpdateRole } from './use-roles.ts';

/** Name, place and rights of a role, or of a new one. */
export function RoleForm({ role }: { role?: Role }) {
  const navigate = useNavigate();
  const mayWrite = useMay('role.write');
  const held = useGivableGrants();
  const isWithinMine = useIsWithinMine();
  const create = useCreateRole();
  const update = useUpdateRole(role?.id ?? '');
  const { error, isPending } = role ? update : create;
  const form = useForm({
    initialValues: {
      name: role?.name ?? '',
      permissions: (role?.permissions ?? []) as string[],
      nodeIds: (role?.nodeIds ?? null) as string[] | null,
    },
    validate: validateWith(NewRole),
  });
  useEffect(() => form.setErrors(issuesByField(error)), [error, form.setErrors]);
  const isDirty = form.isDirty();
  const isDone = useRef(false);
  const blocker = useBlocker(() => isDirty && !isDone.current);
  const locked = lockOf(role, mayWrite, !role || isWithinMine(role.permissions));
  const submit = form.onSubmit((values) => {
    const body = values as Parameters<typeof create.mutate>[0];
    if (role) {
      update.mutate(body, {
        onSuccess: (saved) => {
          form.setInitialValues(values);
          form.resetDirty(values);
          notifications.show({ message: strings.saved(saved.name) });
        },
      });
    } else {
      create.mutate(body, {
        onSuccess: (created) => {
          isDone.current = true;
          notifications.show({ message: strings.created(created.name) });
          navigate('/people/roles');
        },
      });
    }
  });
  return (
    <form className={classes.page} noValidate onSubmit={submit}>
      <PageHeader title={role?.name ?? strings.newTitle} aside={role && strings.users(role.userCount)} />
      {locked && <Notice tone="info">{locked}</Notice>}
      <Section id="role" title={strings.general}>
        <TextInput
          label={strings.name}
          maxLength={60}
          disabled={Boolean(locked)}
          autoFocus={!role}
          {...form.getInputProps('name')}
        />
      </Section>
      <Section id="scope" title={strings.scope} hint={strings.scopeHint}>
        <NodeScope
          value={form.values.nodeIds}
          onChange={(nodeIds) => form.setFieldValue('nodeIds', nodeIds)}
          isReadOnly={Boolean(locked)}
        />
      </Section>
      <Section id="rights" title={strings.rights} hint={strings.rightsHint}>
        <PermissionMatrix
          wildcards
          value={form.values.permissions}
          onChange={(permissions) => form.setFieldValue('permissions', permissions)}
          held={held}
          isReadOnly={Boolean(locked)}
        />
        {form.errors.permissions && <Notice tone="error">{form.errors.permissions}</Notice>}
      </Section>
      {role && !role.builtIn && !locked && (
        <DeleteRole
          role={role}
          onDeleted={() => {
            isDone.current = true;
          }}
        />
      )}
      {!role && (
        <>
          {error && !hasCode(error, 'invalid_input') && (
            <Failure title={strings.createFailed} error={error} />
          )}
          <div className={classes.end}>
            <Button component={Link} to="/people/roles" variant="default">
              {shared.cancel}
            </Button>
            <Button type="submit" loading={isPending}>
              {strings.create}
            </Button>
          </div>
        </>
      )}
      {role && isDirty && !locked && (
        <SaveBar isSaving={isPending} isValid onDiscard={form.reset}>
          {error ? `${strings.saveFailed}: ${sentenceOf(error)}` : strings.savedHint(role.userCount)}
        </SaveBar>
      )}
      {blocker.state === 'blocked' && (
        <ConfirmDialog
          title={strings.leaveTitle}
          confirmLabel={strings.leaveButton}
          isBusy={false}
          error={null}
          onConfirm={() => blocker.proceed()}
          onClose={() => blocker.reset()}
        >
          {strings.leave}
        </ConfirmDialog>
      )}
    </form>
  );
}

/** Why it cannot be changed here, when it cannot. */
function lockOf(role: Role | undefined, mayWrite: boolean, isWithinMine: boolean): string | undefined {
  if (role?.builtIn === 'administrator') return strings.administratorFixed;
  if (!mayWrite) return strings.readOnly;
  return isWithinMine ? undefined : strings.holdsMore;
}
