import { Button, Radio, TagsInput } from '@mantine/core';
import '@mantine/core/styles/Radio.layer.css';
import '@mantine/core/styles/Pill.layer.css';
import '@mantine/core/styles/PillsInput.layer.css';
import type { UseFormReturnType } from '@mantine/form';
import { Link } from 'react-router';
import { Notice } from '../../../components/notice.tsx';
import { Section } from '../../../components/section.tsx';
import { useMail } from '../mail/use-mail.ts';
import classes from '../settings-form.module.css';
import type { SignInForm } from './sign-in-form.ts';
import { strings } from './strings.ts';

export interface SectionProps {
  form: UseFormReturnType<SignInForm>;
  isReadOnly: boolean;
}

const modes = ['off', 'invite', 'domain', 'open'] as const;

export function RegistrationSection({ form, isReadOnly }: SectionProps) {
  const { data: mail } = useMail();
  const { mode } = form.values;
  const needsMail = mail?.settings === null && (mode === 'open' || mode === 'domain');
  return (
    <Section id="registration" title={strings.registration} hint={strings.registrationHint}>
      <Radio.Group
        aria-labelledby="registration-title"
        value={mode}
        error={form.errors.mode}
        onChange={(value) => form.setFieldValue('mode', value as SignInForm['mode'])}
      >
        <div className={classes.form}>
          {modes.map((value) => (
            <Radio
              key={value}
              value={value}
              label={strings.modes[value].label}
              description={strings.modes[value].description}
              disabled={isReadOnly}
            />
          ))}
        </div>
      </Radio.Group>
      {mode === 'domain' && (
        <TagsInput
          label={strings.domains}
          description={strings.domainsHint}
          acceptValueOnBlur
          splitChars={[',', ' ', ';']}
          disabled={isReadOnly}
          {...form.getInputProps('domains')}
        />
      )}
      {needsMail && (
        <Notice
          tone="warning"
          title={strings.needsMail}
          actions={
            <Button component={Link} to="/settings/mail" variant="default" size="xs">
              {strings.toMail}
            </Button>
          }
        >
          {strings.needsMailText}
        </Notice>
      )}
    </Section>
  );
}
