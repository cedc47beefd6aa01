import { PasswordInput, Switch, TagsInput, TextInput } from '@mantine/core';
import '@mantine/core/styles/Switch.layer.css';
import '@mantine/core/styles/Pill.layer.css';
import '@mantine/core/styles/PillsInput.layer.css';
import type { UseFormReturnType } from '@mantine/form';
import { Section } from '../../../components/section.tsx';
import { ShownOnce } from '../../people/shown-once.tsx';
import classes from '../settings-form.module.css';
import type { ProviderForm } from './provider-form.ts';
import { strings } from './strings.ts';

export interface ProviderSectionProps {
  form: UseFormReturnType<ProviderForm>;
  isReadOnly: boolean;
}

interface ProviderDetails extends ProviderSectionProps {
  /** Null until it is known. */
  redirectUri: string | null;
  secretHint: string;
  isNew: boolean;
}

export function ProviderSection({ form, isReadOnly, redirectUri, secretHint, isNew }: ProviderDetails) {
  return (
    <Section id="provider" title={strings.provider} hint={strings.providerHint}>
      <TextInput
        label={strings.name}
        description={strings.nameHint}
        autoComplete="off"
        disabled={isReadOnly}
        {...form.getInputProps('name')}
      />
      <TextInput
        label={strings.issuer}
        description={isNew ? strings.issuerHint : strings.issuerFixed}
        type="url"
        inputMode="url"
        spellCheck={false}
        placeholder="https://id.example.com"
        disabled={isReadOnly || !isNew}
        {...form.getInputProps('issuer')}
      />
      <div className={classes.row}>
        <TextInput
          label={strings.clientId}
          autoComplete="off"
          spellCheck={false}
          disabled={isReadOnly}
          {...form.getInputProps('clientId')}
        />
        <PasswordInput
          label={strings.clientSecret}
          description={secretHint}
          autoComplete="new-password"
          disabled={isReadOnly}
          {...form.getInputProps('clientSecret')}
        />
      </div>
      <TagsInput
        label={strings.scopes}
        description={strings.scopesHint}
        acceptValueOnBlur
        splitChars={[',', ' ']}
        disabled={isReadOnly}
        {...form.getInputProps('scopes')}
      />
      {redirectUri !== null && (
        <div>
          <div className={classes.label}>{strings.redirectUri}</div>
          <ShownOnce value={redirectUri} what="address" />
          <p className={classes.sub}>{strings.redirectHint}</p>
        </div>
      )}
      <Switch
        label={strings.isEnabled}
        disabled={isReadOnly}
        {...form.getInputProps('isEnabled', { type: 'checkbox' })}
      />
    </Section>
  );
}

export function PeopleSection({ form, isReadOnly }: ProviderSectionProps) {
  return (
    <Section id="people" title={strings.people} hint={strings.peopleHint}>
      {(['allowCreate', 'isTrusted', 'skipsFactor'] as const).map((name) => (
        <Switch
          key={name}
          label={strings[name]}
          description={strings[`${name}Hint`]}
          disabled={isReadOnly}
          {...form.getInputProps(name, { type: 'checkbox' })}
        />
      ))}
    </Section>
  );
}
