import type { Server } from '@catalyst/shared/features/servers';
import { NumberInput, TextInput } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import { settingsStrings as strings } from './settings-strings.ts';

/** The limits that few people touch. */
export type FineLimits = Pick<Server, 'swapMb' | 'pids' | 'cpuPinning' | 'ioWeight'>;

interface FineLimitFieldsProps {
  values: FineLimits;
  issueOf: (field: keyof FineLimits) => string | undefined;
  isReadOnly?: boolean;
  onChange: (changes: Partial<FineLimits>) => void;
}

export function FineLimitFields({ values, issueOf, isReadOnly, onChange }: FineLimitFieldsProps) {
  return (
    <>
      <NumberInput
        label={strings.swap}
        description={strings.swapHint}
        error={issueOf('swapMb')}
        value={values.swapMb}
        min={0}
        step={256}
        allowDecimal={false}
        suffix=" MiB"
        disabled={isReadOnly}
        onChange={(megabytes) => onChange({ swapMb: Number(megabytes) })}
      />
      <NumberInput
        label={strings.pids}
        description={strings.pidsHint}
        error={issueOf('pids')}
        value={values.pids}
        min={8}
        max={32_768}
        clampBehavior="none"
        allowDecimal={false}
        disabled={isReadOnly}
        onChange={(count) => onChange({ pids: Number(count) })}
      />
      <TextInput
        label={strings.cpuPinning}
        description={strings.cpuPinningHint}
        placeholder={strings.cpuPinningAll}
        error={issueOf('cpuPinning')}
        value={values.cpuPinning ?? ''}
        spellCheck={false}
        disabled={isReadOnly}
        onChange={(event) => onChange({ cpuPinning: event.currentTarget.value.trim() || null })}
      />
      <NumberInput
        label={strings.ioWeight}
        description={strings.ioWeightHint}
        placeholder={strings.ioWeightUsual}
        error={issueOf('ioWeight')}
        value={values.ioWeight ?? ''}
        min={10}
        max={1000}
        clampBehavior="none"
        allowDecimal={false}
        disabled={isReadOnly}
        onChange={(weight) => onChange({ ioWeight: weight === '' ? null : Number(weight) })}
      />
    </>
  );
}
