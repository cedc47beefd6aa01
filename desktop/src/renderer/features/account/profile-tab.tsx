import { accountRoutes } from '@catalyst/shared/features/accounts';
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { issuesByField, sentenceOf } from '../../api/errors.ts';
import { Copyable } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Failure } from '../../components/failure.tsx';
import { validateWith } from '../../components/form-validation.ts';
import { LeaveGuard } from '../../components/leave-guard.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { SaveBar } from '../../components/save-bar.tsx';
import { Section } from '../../components/section.tsx';
import { useSignOut, useUser } from '../sessions/use-session.ts';
import classes from './account-page.module.css';
import { EmailSection } from './email-section.tsx';
import { strings } from './strings.ts';
import { useUpdateProfile } from './use-account.ts';

export function ProfileTab() {
  const user = useUser();
  const signOut = useSignOut();
  return (
    <>
      <NamesForm key={user.id} />
      <EmailSection />
      <Section id="facts" title={strings.facts}>
        <Facts
          facts={[
            [strings.role, strings.roles[user.role] ?? user.role],
            [strings.since, <RelativeTime key="since" at={user.createdAt} />],
            [strings.id, <Copyable key="id" value={user.id} what="id" />],
          ]}
        />
      </Section>
      <Section id="session" title={strings.session} hint={strings.sessionHint}>
        {signOut.error && <Failure title={strings.signOutFailed} error={signOut.error} />}
        <div>
          <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
            {strings.signOut}
          </Button>
        </div>
      </Section>
    </>
  );
}

interface Names {
  name: string;
  displayName: string;
}

const toBody = ({ name, displayName }: Names) => ({ name, displayName: displayName.trim() || null });

function NamesForm() {
  const user = useUser();
  const update = useUpdateProfile();
  const form = useForm<Names>({
    initialValues: { name: user.name, displayName: user.displayName ?? '' },
    validate: (values) => validateWith(accountRoutes.updateProfile.schema.body)(toBody(values)),
    validateInputOnChange: true,
  });
  useEffect(() => form.setErrors(issuesByField(update.error)), [update.error, form.setErrors]);
  const save = (values: Names) =>
    update.mutate(toBody(values), {
      onSuccess: ({ name, displayName }) => {
        const saved = { name, displayName: displayName ?? '' };
        form.setInitialValues(saved);
        form.setValues(saved);
        notifications.show({ message: strings.saved });
      },
    });
  const isDirty = form.isDirty();
  return (
    <>
      <form className={classes.wide} noValidate onSubmit={form.onSubmit(save)}>
        <Section id="names" title={strings.names} hint={strings.namesHint}>
          <TextInput
            label={strings.name}
            description={strings.nameHint}
            autoComplete="nickname"
            autoCapitalize="none"
            spellCheck={false}
            {...form.getInputProps('name')}
          />
          <TextInput
            label={strings.displayName}
            description={strings.displayNameHint}
            autoComplete="name"
            {...form.getInputProps('displayName')}
          />
        </Section>
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
