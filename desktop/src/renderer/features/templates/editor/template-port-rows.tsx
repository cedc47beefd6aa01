import type { TemplatePort } from '@catalyst/shared/features/template-ports';
import { Select } from '@mantine/core';
import { alignedPorts, followable } from './aligned-ports.ts';
import classes from './item-rows.module.css';
import { ItemRows } from './item-rows.tsx';
import { type JsonPath, listAt, textAt, valueAt, withValue } from './json-values.ts';
import { NumberField } from './number-field.tsx';
import { strings } from './strings.ts';
import { type FormParts, TextField } from './text-field.tsx';

const newPort: TemplatePort = { name: '', label: '', protocol: 'udp', preferred: 27_015 };

/** The ports of a template; those that follow another begin where it takes them. */
export function TemplatePortRows({ parts }: { parts: FormParts }) {
  const set: FormParts['set'] = (path, value) =>
    parts.set(['ports'], alignedPorts(listAt(withValue(parts.document, path, value), ['ports'])));
  return (
    <ItemRows parts={{ ...parts, set }} list="ports" newItem={newPort} addLabel={strings.addPort}>
      {(path) => <PortFields parts={{ ...parts, set }} path={path} />}
    </ItemRows>
  );
}

function PortFields({ parts, path }: { parts: FormParts; path: JsonPath }) {
  const { document, errors, set } = parts;
  const index = Number(path.at(-1));
  const from = textAt(document, [...path, 'offset', 'from']);
  const bases = followable(listAt(document, ['ports']), index);
  const variables = listAt(document, ['variables']).map((one) => textAt(one, ['name']));
  const select = (field: string) => ({
    value: textAt(document, [...path, ...field.split('.')]) || null,
    error: errors[[...path, field].join('.')],
  });
  return (
    <>
      <div className={classes.pair}>
        <TextField
          parts={parts}
          path={[...path, 'name']}
          label={strings.portName}
          hint={strings.portNameHint}
          maxLength={32}
          isCode
        />
        <TextField parts={parts} path={[...path, 'label']} label={strings.variableLabel} maxLength={60} />
      </div>
      <div className={classes.pair}>
        <Select
          label={strings.protocol}
          data={Object.entries(strings.protocols).map(([value, label]) => ({ value, label }))}
          {...select('protocol')}
          onChange={(protocol) => protocol && set([...path, 'protocol'], protocol)}
        />
        {from === '' && <NumberField parts={parts} path={[...path, 'preferred']} label={strings.preferred} />}
      </div>
      {(index > 0 || from !== '') && (
        <div className={classes.pair}>
          <Select
            label={strings.follows}
            placeholder={strings.followsNone}
            data={[...new Set([...bases, ...(from === '' ? [] : [from])])]}
            clearable
            {...select('offset.from')}
            onChange={(next) => {
              const by = valueAt(document, [...path, 'offset', 'by']) ?? 1;
              set([...path, 'offset'], next ? { from: next, by } : undefined);
            }}
          />
          {from !== '' && (
            <NumberField
              parts={parts}
              path={[...path, 'offset', 'by']}
              label={strings.offset}
              hint={strings.offsetHint(textAt(document, [...path, 'preferred']))}
            />
          )}
        </div>
      )}
      <Select
        className={classes.kind}
        label={strings.portVariable}
        placeholder={strings.portVariableNone}
        data={[...new Set(variables)].filter((name) => name !== '')}
        clearable
        searchable
        {...select('variable')}
        onChange={(variable) => set([...path, 'variable'], variable ?? undefined)}
      />
    </>
  );
}
