import { NumberInput, PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { issuesByField, sentenceOf } from '../../../api/errors.ts';
import { LeaveGuard } from '../../../components/leave-guard.tsx';
import { SaveBar } from '../../../components/save-bar.tsx';
import { Section } from '../../../components/section.tsx';
import classes from '../settings-form.module.css';
import {
  formOf,
  keepsPassword,
  type MailForm,
  type Settings,
  toBody,
  validate,
  withSecurity,
} from './mail-form.ts';
import { MailTestSection } from './mail-test-section.tsx';
import { strings } from './strings.ts';
import { useSetMail } from './use-mail.ts';

const securities = (['starttls', 'tls', 'none'] as const).map((value) => ({
  value,
  label: strings.securities[value],
}));

export function MailServerForm({ settings, isReadOnly }: { settings: Settings | null; isReadOnly: boolean }) {
  const save = useSetMail();
  const form = useForm<MailForm>({
    initialValues: formOf(settings),
    validate,
    validateInputOnChange: true,
  });
  useEffect(() => form.setErrors(issuesByField(save.error)), [save.error, form.setErrors]);
  const isDirty = form.isDirty();
  const isKept = keepsPassword(settings, form.values);
  const submit = (values: MailForm) =>
    save.mutate(toBody(values), {
      onSuccess: (state) => {
        form.setInitialValues(formOf(state.settings));
        form.setValues(formOf(state.settings));
        notifications.show({ message: strings.saved });
      },
    });
  const passwordHint = isKept
    ? strings.passwordKept
    : settings?.hasPassword
      ? strings.passwordGone
      : strings.passwordHint;
  return (
    <>
      <form className={classes.form} noValidate onSubmit={form.onSubmit(submit)}>
        <Section id="server" title={strings.server} hint={strings.serverHint}>
          <div className={classes.row}>
            <TextInput
              label={strings.host}
              autoCapitalize="none"
              spellCheck={false}
              placeholder="smtp.example.com"
              disabled={isReadOnly}
              {...form.getInputProps('host')}
            />
            <NumberInput
              label={strings.port}
              min={1}
              max={65_535}
              allowDecimal={false}
              thousandSeparator=""
              clampBehavior="none"
              disabled={isReadOnly}
              {...form.getInputProps('port')}
            />
          </div>
          <div>
            <div className={classes.label} id="security-label">
              {strings.security}
            </div>
            <SegmentedControl
              aria-labelledby="security-label"
              data={securities}
              disabled={isReadOnly}
              value={form.values.security}
              onChange={(value) => form.setValues(withSecurity(form.values, value as Settings['security']))}
            />
            <p className={classes.sub}>{strings.securityHints[form.values.security]}</p>
          </div>
        </Section>
        <Section id="login" title={strings.login} hint={strings.loginHint}>
          <div className={classes.row}>
            <TextInput
              label={strings.username}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              disabled={isReadOnly}
              {...form.getInputProps('username')}
            />
            <PasswordInput
              label={strings.password}
              description={passwordHint}
              autoComplete="new-password"
              disabled={isReadOnly || form.values.username.trim() === ''}
              {...form.getInputProps('password')}
            />
          </div>
        </Section>
        <Section id="sender" title={strings.sender} hint={strings.senderHint}>
          <div className={classes.row}>
            <TextInput
              label={strings.from}
              type="email"
              autoComplete="off"
              placeholder="panel@example.com"
              disabled={isReadOnly}
              {...form.getInputProps('from')}
            />
            <TextInput
              label={strings.fromName}
              autoComplete="off"
              disabled={isReadOnly}
              {...form.getInputProps('fromName')}
            />
          </div>
        </Section>
        {isDirty && (
          <SaveBar isSaving={save.isPending} isValid={form.isValid()} onDiscard={form.reset}>
            {save.error
              ? `${strings.saveFailed}: ${sentenceOf(save.error)}`
              : !form.isValid() && strings.invalid}
          </SaveBar>
        )}
      </form>
      {!isReadOnly && <MailTestSection isSetUp={settings !== null} isDirty={isDirty} />}
      <LeaveGuard isDirty={isDirty && !save.isPending} />
    </>
  );
}
