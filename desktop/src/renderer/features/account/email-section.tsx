import { accountRoutes } from '@catalyst/shared/features/accounts';
import { Button, Modal, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useEffect, useState } from 'react';
import { issuesByField } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { validateWith } from '../../components/form-validation.ts';
import { Notice } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { useUser } from '../sessions/use-session.ts';
import classes from './account-page.module.css';
import { strings } from './strings.ts';
import { useChangeEmail } from './use-account.ts';

export function EmailSection() {
  const { email } = useUser();
  const [isOpen, setOpen] = useState(false);
  const [mailedTo, setMailedTo] = useState<string>();
  return (
    <Section id="email" title={strings.email} hint={strings.emailHint}>
      <div className={classes.line}>
        <span className={classes.strong}>{email}</span>
        <Button variant="default" onClick={() => setOpen(true)}>
          {strings.changeEmail}
        </Button>
      </div>
      {mailedTo && (
        <Notice tone="success" urgent title={strings.emailMailedTitle}>
          {strings.emailMailed(mailedTo)}
        </Notice>
      )}
      {isOpen && (
        <EmailDialog
          onClose={() => setOpen(false)}
          onMailed={(address) => {
            setMailedTo(address);
            setOpen(false);
          }}
        />
      )}
    </Section>
  );
}

function EmailDialog({ onClose, onMailed }: { onClose: () => void; onMailed: (email: string) => void }) {
  const change = useChangeEmail();
  const form = useForm({
    initialValues: { email: '' },
    validate: validateWith(accountRoutes.changeEmail.schema.body),
  });
  const issues = issuesByField(change.error);
  useEffect(() => form.setErrors(issuesByField(change.error)), [change.error, form.setErrors]);
  return (
    <Modal opened onClose={onClose} title={strings.emailTitle}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit(({ email }) =>
          change.mutate(email, {
            onSuccess: (answer) => {
              if (!('id' in answer)) return onMailed(answer.email);
              notifications.show({ message: strings.emailChanged(answer.email) });
              onClose();
            },
          }),
        )}
      >
        <TextInput
          label={strings.newEmail}
          type="email"
          autoComplete="email"
          data-autofocus
          {...form.getInputProps('email')}
        />
        {change.error && !issues.email && <Failure title={strings.emailFailed} error={change.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {strings.changeEmail}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
