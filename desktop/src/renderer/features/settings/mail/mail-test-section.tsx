import { mailRoutes } from '@catalyst/shared/features/mail';
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Failure } from '../../../components/failure.tsx';
import { validateWith } from '../../../components/form-validation.ts';
import { Notice } from '../../../components/notice.tsx';
import { Section } from '../../../components/section.tsx';
import { useUser } from '../../sessions/use-session.ts';
import classes from '../settings-form.module.css';
import { strings } from './strings.ts';
import { useTestMail } from './use-mail.ts';

interface MailTestSectionProps {
  isSetUp: boolean;
  /** The test would use what is saved, not what is typed. */
  isDirty: boolean;
}

export function MailTestSection({ isSetUp, isDirty }: MailTestSectionProps) {
  const { email } = useUser();
  const test = useTestMail();
  const form = useForm({
    initialValues: { to: email },
    validate: validateWith(mailRoutes.test.schema.body),
  });
  const isReady = isSetUp && !isDirty;
  return (
    <Section id="test" title={strings.test} hint={strings.testHint}>
      <form noValidate onSubmit={form.onSubmit(({ to }) => test.mutate(to))}>
        <div className={classes.line}>
          <TextInput
            label={strings.testTo}
            type="email"
            autoComplete="email"
            disabled={!isReady}
            {...form.getInputProps('to')}
          />
          <Button type="submit" variant="default" disabled={!isReady} loading={test.isPending}>
            {strings.sendTest}
          </Button>
        </div>
      </form>
      {!isReady && <p className={classes.sub}>{isSetUp ? strings.testSaveFirst : strings.setUp}</p>}
      {test.error && <Failure title={strings.testAsked} error={test.error} />}
      {test.data && (
        <Notice
          tone={test.data.wasSent ? 'success' : 'error'}
          urgent
          title={test.data.wasSent ? strings.testSent(test.variables) : strings.testFailed}
        >
          {test.data.wasSent ? strings.testSentText : test.data.problem}
        </Notice>
      )}
    </Section>
  );
}
