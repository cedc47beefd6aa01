import type { TemplateVariable } from '@catalyst/shared/features/templates';
import { VariableRule } from '@catalyst/shared/features/variable-rules';
import { Checkbox, Select } from '@mantine/core';
import { ruleInWords } from '../rule-words.ts';
import classes from './item-rows.module.css';
import { ItemRows } from './item-rows.tsx';
import { type JsonPath, listAt, recordAt, textAt, valueAt } from './json-values.ts';
import { LinesField } from './lines-field.tsx';
import { NumberField } from './number-field.tsx';
import { strings } from './strings.ts';
import { type FormParts, TextField } from './text-field.tsx';

const newVariable: TemplateVariable = {
  name: '',
  label: '',
  description: '',
  defaultValue: '',
  rule: { kind: 'text', minLength: 0, maxLength: 256 },
  userVisible: true,
  userEditable: true,
  secret: false,
};

/** The variables of a template. */
export function VariableRows({ parts }: { parts: FormParts }) {
  return (
    <ItemRows parts={parts} list="variables" newItem={newVariable} addLabel={strings.addVariable}>
      {(path) => <VariableFields parts={parts} path={path} />}
    </ItemRows>
  );
}

function VariableFields({ parts, path }: { parts: FormParts; path: JsonPath }) {
  return (
    <>
      <div className={classes.pair}>
        <TextField
          parts={parts}
          path={[...path, 'name']}
          label={strings.variableName}
          hint={strings.variableNameHint}
          maxLength={128}
          isCode
        />
        <TextField parts={parts} path={[...path, 'label']} label={strings.variableLabel} maxLength={80} />
      </div>
      <TextField parts={parts} path={[...path, 'description']} label={strings.description} maxLength={500} />
      <TextField parts={parts} path={[...path, 'defaultValue']} label={strings.defaultValue} isCode />
      <RuleFields parts={parts} path={[...path, 'rule']} />
      <div className={classes.flags}>
        {(['userVisible', 'userEditable', 'secret'] as const).map((flag) => (
          <Checkbox
            key={flag}
            label={strings[flag]}
            checked={valueAt(parts.document, [...path, flag]) === true}
            onChange={(event) => parts.set([...path, flag], event.currentTarget.checked)}
          />
        ))}
      </div>
    </>
  );
}

const emptyRules: Record<VariableRule['kind'], VariableRule> = {
  text: newVariable.rule,
  integer: { kind: 'integer', min: 0, max: 100 },
  boolean: { kind: 'boolean' },
  choice: { kind: 'choice', options: [] },
  checks: { kind: 'checks', checks: [] },
};

function RuleFields({ parts, path }: { parts: FormParts; path: JsonPath }) {
  const { document, errors, set } = parts;
  const kind = textAt(document, [...path, 'kind']) as VariableRule['kind'];
  // Conditions come with what is imported; nobody starts with them here.
  const kinds = Object.entries(strings.ruleKinds).filter(([each]) => each !== 'checks' || kind === 'checks');
  return (
    <>
      <Select
        className={classes.kind}
        label={strings.rule}
        value={kind}
        data={kinds.map(([value, label]) => ({ value, label }))}
        error={errors[path.join('.')]}
        onChange={(next) => next && set(path, emptyRules[next as VariableRule['kind']])}
      />
      {kind === 'text' && (
        <div className={classes.pair}>
          <NumberField parts={parts} path={[...path, 'minLength']} label={strings.minLength} />
          <NumberField parts={parts} path={[...path, 'maxLength']} label={strings.maxLength} />
        </div>
      )}
      {kind === 'text' && <OptionalText parts={parts} path={[...path, 'pattern']} label={strings.pattern} />}
      {kind === 'integer' && (
        <div className={classes.pair}>
          <NumberField parts={parts} path={[...path, 'min']} label={strings.min} />
          <NumberField parts={parts} path={[...path, 'max']} label={strings.max} />
        </div>
      )}
      {kind === 'choice' && <Options parts={parts} path={[...path, 'options']} />}
      {kind === 'checks' && <p className={classes.hint}>{checksHint(recordAt(document, path))}</p>}
    </>
  );
}

function checksHint(rule: unknown): string {
  const parsed = VariableRule.safeParse(rule);
  return parsed.success ? strings.checksHint(ruleInWords(parsed.data)) : '';
}

interface FieldProps {
  parts: FormParts;
  path: JsonPath;
  label: string;
}

/** Left empty, it is not there. */
function OptionalText({ parts, path, label }: FieldProps) {
  const set: FormParts['set'] = (place, value) => parts.set(place, value === '' ? undefined : value);
  return <TextField parts={{ ...parts, set }} path={path} label={label} isCode />;
}

function Options({ parts, path }: Omit<FieldProps, 'label'>) {
  const options = listAt(parts.document, path);
  const labels = new Map(options.map((option) => [textAt(option, ['value']), valueAt(option, ['label'])]));
  return (
    <LinesField
      label={strings.options}
      lines={options.map((option) => textAt(option, ['value']))}
      error={parts.errors[path.join('.')]}
      onChange={(values) =>
        parts.set(
          path,
          values.map((value) => ({
            value,
            ...(labels.get(value) !== undefined && { label: labels.get(value) }),
          })),
        )
      }
    />
  );
}
