import { NumberInput, TagsInput, TextInput } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import { Section } from '../../../components/section.tsx';
import classes from '../settings-form.module.css';
import type { SectionProps } from './registration-section.tsx';
import type { Settings } from './sign-in-form.ts';
import { strings } from './strings.ts';

export function PasswordsSection({ form, isReadOnly }: SectionProps) {
  return (
    <Section id="passwords" title={strings.passwords} hint={strings.passwordsHint}>
      <NumberInput
        className={classes.narrow}
        label={strings.minLength}
        min={10}
        max={64}
        allowDecimal={false}
        clampBehavior="none"
        disabled={isReadOnly}
        {...form.getInputProps('minLength')}
      />
      <TextInput
        label={strings.breachApi}
        description={strings.breachApiHint}
        type="url"
        inputMode="url"
        spellCheck={false}
        placeholder="https://api.pwnedpasswords.com/range/"
        disabled={isReadOnly}
        {...form.getInputProps('breachApiUrl')}
      />
    </Section>
  );
}

export function AddressSection({ form, isReadOnly, settings }: SectionProps & { settings: Settings }) {
  const { isPublicUrlFixed, linkBase } = settings;
  return (
    <Section id="address" title={strings.address} hint={strings.addressHint}>
      <TextInput
        label={strings.publicUrl}
        description={isPublicUrlFixed ? strings.publicUrlFixed : strings.publicUrlHint(linkBase)}
        type="url"
        inputMode="url"
        spellCheck={false}
        placeholder="https://panel.example.com"
        disabled={isReadOnly || isPublicUrlFixed}
        {...form.getInputProps('publicUrl')}
      />
    </Section>
  );
}

export function NetworksSection({ form, isReadOnly }: SectionProps) {
  return (
    <Section id="networks" title={strings.networks} hint={strings.networksHint}>
      <TagsInput
        label={strings.allowedNetworks}
        description={strings.allowedNetworksHint}
        acceptValueOnBlur
        splitChars={[',', ' ', ';']}
        disabled={isReadOnly}
        {...form.getInputProps('allowedNetworks')}
      />
    </Section>
  );
}
