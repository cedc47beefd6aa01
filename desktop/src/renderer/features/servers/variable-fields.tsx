import type { TemplateVariable } from '@catalyst/shared/features/templates';
import { NumberInput, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';
import { settingsStrings as strings } from './settings-strings.ts';
import classes from './variable-fields.module.css';

interface VariableFieldsProps {
  variables: readonly TemplateVariable[];
  values: Readonly<Record<string, string>>;
  /** By variable. */
  errors: Readonly<Record<string, string | undefined>>;
  onChange: (name: string, value: string) => void;
  onBlur?: (name: string) => void;
  isReadOnly?: boolean;
  /** Of a server that exists, an empty secret means “as it is”. */
  keepsSecrets?: boolean;
}

/** A form field for each variable of a template, of the kind its rule asks for. */
export function VariableFields(props: VariableFieldsProps) {
  return (
    <div className={classes.grid}>
      {props.variables.map((variable) => (
        <VariableField key={variable.name} variable={variable} {...props} />
      ))}
    </div>
  );
}

function VariableField({ variable, ...props }: VariableFieldsProps & { variable: TemplateVariable }) {
  const { name, label, description, rule, secret, userEditable } = variable;
  const value = props.values[name] ?? '';
  const isReadOnly = props.isReadOnly || !userEditable;
  const common = {
    label,
    description: description || undefined,
    error: props.errors[name],
    disabled: isReadOnly,
    onBlur: () => props.onBlur?.(name),
  };
  const set = (next: string) => props.onChange(name, next);
  switch (rule.kind) {
    case 'boolean':
      return (
        <Switch
          className={classes.switch}
          {...common}
          checked={value === 'true'}
          onChange={(event) => set(String(event.currentTarget.checked))}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          data={rule.options.map((option) => ({ value: option.value, label: option.label ?? option.value }))}
          value={value}
          searchable={rule.options.length > 12}
          onChange={(next) => set(next ?? '')}
        />
      );
    case 'integer':
      return (
        <NumberInput
          {...common}
          value={value}
          min={rule.min}
          max={rule.max}
          clampBehavior="none"
          allowDecimal={false}
          thousandSeparator=""
          onChange={(next) => set(String(next))}
        />
      );
    case 'text':
    case 'checks': {
      const Field = secret ? PasswordInput : TextInput;
      return (
        <Field
          {...common}
          value={value}
          maxLength={rule.kind === 'text' ? rule.maxLength : undefined}
          placeholder={secret && props.keepsSecrets ? strings.secretKept : undefined}
          autoComplete={secret ? 'new-password' : 'off'}
          spellCheck={false}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
    }
  }
}
