import type { NodeNetwork } from '@catalyst/shared/features/networks';
import { Select, TextInput } from '@mantine/core';
import { enter, type NetworkEdit, type NetworkOption } from './network-options.ts';
import { strings } from './strings.ts';

interface NetworkFieldsProps {
  options: readonly NetworkOption[];
  networks: readonly NodeNetwork[];
  value: NetworkEdit;
  issueOf: (field: 'networkMode' | 'staticIp') => string | undefined;
  onBlur?: (field: string) => void;
  onChange: (value: NetworkEdit) => void;
}

/** Which network, and which address in it. */
export function NetworkFields({ options, networks, value, issueOf, onBlur, onChange }: NetworkFieldsProps) {
  const option = options.find((one) => one.value === value.networkMode);
  return (
    <>
      <Select
        label={strings.networkLabel}
        description={option?.hint}
        error={issueOf('networkMode')}
        data={options.map((one) => ({ value: one.value, label: one.label }))}
        value={value.networkMode}
        onChange={(chosen) => {
          const next = options.find((one) => one.value === chosen);
          if (next) onChange(enter(next, networks));
        }}
      />
      {option?.subnet && (
        <TextInput
          label={strings.staticIp}
          description={staticIpHint(option)}
          placeholder={option.freeInPools === null ? undefined : strings.automatic}
          error={issueOf('staticIp')}
          value={value.staticIp}
          spellCheck={false}
          autoCapitalize="none"
          onBlur={() => onBlur?.('staticIp')}
          onChange={(event) => onChange({ ...value, staticIp: event.currentTarget.value })}
        />
      )}
    </>
  );
}

function staticIpHint({ subnet, freeInPools }: NetworkOption): string {
  return freeInPools === null
    ? strings.staticIpHint(subnet?.subnet ?? '')
    : strings.staticIpPool(subnet?.subnet ?? '', freeInPools);
}
