import type { OidcProvider } from '@catalyst/shared/features/oidc';
import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { issuesByField, sentenceOf } from '../../../api/errors.ts';
import { Failure } from '../../../components/failure.tsx';
import { LeaveGuard } from '../../../components/leave-guard.tsx';
import { SaveBar } from '../../../components/save-bar.tsx';
import classes from '../settings-form.module.css';
import { usePanelSettings } from '../use-panel-settings.ts';
import { GroupsSection } from './groups-section.tsx';
import { PeopleSection, ProviderSection } from './provider-fields.tsx';
import { formOf, type ProviderForm, toChanges, toNew, validate } from './provider-form.ts';
import { strings } from './strings.ts';
import { useCreateProvider, useUpdateProvider } from './use-providers.ts';

export function NewProviderForm() {
  const navigate = useNavigate();
  const { data: settings } = usePanelSettings();
  const create = useCreateProvider();
  const form = useForm<ProviderForm>({
    initialValues: formOf(),
    validate: (values) => validate(values, true),
  });
  useEffect(() => form.setErrors(issuesByField(create.error)), [create.error, form.setErrors]);
  const redirectUri = settings ? `${settings.linkBase}/sign-in/callback` : null;
  const fields = { form, isReadOnly: false };
  const isLeft = create.isPending || create.isSuccess;
  return (
    <>
      <form
        className={classes.form}
        noValidate
        onSubmit={form.onSubmit((values) =>
          create.mutate(toNew(values), {
            onSuccess: ({ id, name }) => {
              notifications.show({ message: strings.created(name) });
              navigate(`/settings/providers/${id}`, { replace: true });
            },
          }),
        )}
      >
        <ProviderSection {...fields} redirectUri={redirectUri} secretHint={strings.secretHint} isNew />
        <PeopleSection {...fields} />
        <GroupsSection {...fields} />
        {create.error && <Failure title={strings.createFailed} error={create.error} />}
        <div>
          <Button type="submit" loading={create.isPending}>
            {strings.create}
          </Button>
        </div>
      </form>
      <LeaveGuard isDirty={form.isDirty() && !isLeft} />
    </>
  );
}

export function ProviderEditor({ provider, isReadOnly }: { provider: OidcProvider; isReadOnly: boolean }) {
  const update = useUpdateProvider(provider.id);
  const form = useForm<ProviderForm>({
    initialValues: formOf(provider),
    validate: (values) => validate(values, false),
    validateInputOnChange: true,
  });
  useEffect(() => form.setErrors(issuesByField(update.error)), [update.error, form.setErrors]);
  const isDirty = form.isDirty();
  const save = (values: ProviderForm) =>
    update.mutate(toChanges(values), {
      onSuccess: (saved) => {
        form.setInitialValues(formOf(saved));
        form.setValues(formOf(saved));
        notifications.show({ message: strings.saved });
      },
    });
  const fields = { form, isReadOnly };
  return (
    <>
      <form className={classes.form} noValidate onSubmit={form.onSubmit(save)}>
        <ProviderSection
          {...fields}
          redirectUri={provider.redirectUri}
          secretHint={provider.hasSecret ? strings.secretKept : strings.secretHint}
          isNew={false}
        />
        <PeopleSection {...fields} />
        <GroupsSection {...fields} />
        {isDirty && (
          <SaveBar isSaving={update.isPending} isValid={form.isValid()} onDiscard={form.reset}>
            {update.error
              ? `${strings.saveFailed}: ${sentenceOf(update.error)}`
              : !form.isValid() && strings.invalid}
          </SaveBar>
        )}
      </form>
      <LeaveGuard isDirty={isDirty && !update.isPending} />
    </>
  );
}
