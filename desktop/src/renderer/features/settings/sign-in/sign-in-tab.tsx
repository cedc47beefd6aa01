import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { issuesByField, sentenceOf } from '../../../api/errors.ts';
import { NoPermissionPage } from '../../../components/error-page.tsx';
import { Failure } from '../../../components/failure.tsx';
import { LeaveGuard } from '../../../components/leave-guard.tsx';
import { Notice } from '../../../components/notice.tsx';
import { SaveBar } from '../../../components/save-bar.tsx';
import { SectionSkeleton } from '../../../components/section.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { useMay } from '../../sessions/use-session.ts';
import classes from '../settings-form.module.css';
import { usePanelSettings, useUpdatePanelSettings } from '../use-panel-settings.ts';
import { RegistrationSection } from './registration-section.tsx';
import { changesOf, formOf, type Settings, type SignInForm, toFields, validate } from './sign-in-form.ts';
import { AddressSection, NetworksSection, PasswordsSection } from './sign-in-sections.tsx';
import { strings } from './strings.ts';

/** Who can make an account, how good passwords are, and where the panel is reached. */
export function SignInTab() {
  return useMay('settings.read') ? <SignInSettings /> : <NoPermissionPage />;
}

function SignInSettings() {
  const { data, error, isFetching, refetch } = usePanelSettings();
  if (data) return <Form settings={data} />;
  return error ? (
    <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
  ) : (
    <div role="status" aria-label={shared.loading} className={classes.form}>
      <SectionSkeleton lines={4} />
      <SectionSkeleton lines={2} />
    </div>
  );
}

function Form({ settings }: { settings: Settings }) {
  const mayWrite = useMay('settings.write');
  const update = useUpdatePanelSettings();
  const form = useForm<SignInForm>({
    initialValues: formOf(settings),
    validate,
    validateInputOnChange: true,
  });
  useEffect(() => form.setErrors(toFields(issuesByField(update.error))), [update.error, form.setErrors]);
  const isDirty = form.isDirty();
  const save = (values: SignInForm) =>
    update.mutate(changesOf(settings, values), {
      onSuccess: (saved) => {
        form.setInitialValues(formOf(saved));
        form.setValues(formOf(saved));
        notifications.show({ message: strings.saved });
      },
    });
  const fields = { form, isReadOnly: !mayWrite };
  return (
    <>
      {!mayWrite && <Notice tone="info">{strings.readOnly}</Notice>}
      <form className={classes.form} noValidate onSubmit={form.onSubmit(save)}>
        <RegistrationSection {...fields} />
        <PasswordsSection {...fields} />
        <AddressSection {...fields} settings={settings} />
        <NetworksSection {...fields} />
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
