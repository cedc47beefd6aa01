import { ActionIcon, Button, Checkbox, NumberInput, Select, UnstyledButton } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import type { TemplateVariable } from '@catalyst/shared/features/templates';
import { VariableRule } from '@catalyst/shared/features/variable-rules';
import { IconChevronDown, IconTrash } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { ruleInWords } from '../rule-words.ts';
import { type JsonPath, listAt, recordAt, textAt, valueAt } from './json-values.ts';
import { LinesField } from './lines-field.tsx';
import { strings } from './strings.ts';
import { type FormParts, TextField } from './text-field.tsx';
import classes from './variable-rows.module.css';

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

/** The variables of a template; one at a time is open. */
export function VariableRows({ parts }: { parts: FormParts }) {
  const variables = listAt(parts.document, ['variables']);
  const [open, setOpen] = useState<number>();
  const add = () => {
    parts.set(['variables'], [...variables, newVariable]);
    setOpen(variables.length);
  };
  const remove = (index: number) => {
    parts.set(['variables'], variables.toSpliced(index, 1));
    setOpen(undefined);
  };
  return (
    <>
      {variables.length > 0 && (
        <ul className={classes.list}>
          {variables.map((_, index) => (
            <VariableRow
              // biome-ignore lint/suspicious/noArrayIndexKey: a name may be missing or there twice while it is typed
              key={index}
              parts={parts}
              index={index}
              isOpen={open === index}
              onToggle={() => setOpen(open === index ? undefined : index)}
              onRemove={() => remove(index)}
            />
          ))}
        </ul>
      )}
      <Button className={classes.add} variant="default" size="xs" onClick={add}>
        {strings.addVariable}
      </Button>
    </>
  );
}

interface VariableRowProps {
  parts: FormParts;
  index: number;
  isOpen: boolean;
  onToggle: () => void;
  onRemove: () => void;
}

function VariableRow({ parts, index, isOpen, onToggle, onRemove }: VariableRowProps) {
  const { document, errors } = parts;
  const path = ['variables', index];
  const id = useId();
  const name = textAt(document, [...path, 'name']);
  const start = `${path.join('.')}.`;
  const hasError = Object.keys(errors).some((each) => each.startsWith(start));
  return (
    <li className={classes.item}>
      <div className={classes.head}>
        <UnstyledButton
          className={classes.toggle}
          aria-expanded={isOpen}
          aria-controls={id}
          data-wrong={hasError || undefined}
          onClick={onToggle}
        >
          <IconChevronDown className={classes.chevron} size={16} aria-hidden />
          <span className={classes.label}>{textAt(document, [...path, 'label']) || strings.unnamed}</span>
          <code className={classes.name}>{name}</code>
        </UnstyledButton>
        <ActionIcon aria-label={strings.removeOf(name || strings.unnamed)} onClick={onRemove}>
          <IconTrash size={16} stroke={1.6} />
        </ActionIcon>
      </div>
      <div id={id} className={classes.fields} hidden={!isOpen}>
        {isOpen && <VariableFields parts={parts} path={path} />}
      </div>
    </li>
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

function NumberField({ parts, path, label }: FieldProps) {
  return (
    <NumberInput
      label={label}
      allowDecimal={false}
      thousandSeparator=""
      value={textAt(parts.document, path)}
      error={parts.errors[path.join('.')]}
      onChange={(value) => parts.set(path, value === '' ? null : Number(value))}
    />
  );
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
