import type { PortBinding } from '@catalyst/shared/features/server-spec';
import { ActionIcon, Button, NumberInput, Select, TextInput } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import { IconNote, IconPlus, IconStar, IconStarFilled, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { newRow, type PortRow, type PortSurroundings, placedRow } from './port-row.ts';
import classes from './port-rows.module.css';
import { strings } from './strings.ts';

interface PortRowsProps extends PortSurroundings {
  rows: readonly PortRow[];
  /** By field: `portBindings.1.port`. */
  issueOf: (path: string) => string | undefined;
  onChange: (rows: PortRow[]) => void;
  onBlur?: (path: string) => void;
}

/** The ports of a server to be edited, those of the game first. */
export function PortRows({ rows, onChange, ...props }: PortRowsProps) {
  return (
    <div className={classes.rows}>
      {rows.length > 0 && (
        <ul className={classes.rows}>
          {rows.map((row, index) => (
            <PortFields
              key={row.key}
              {...props}
              row={placedRow(row, rows)}
              path={`portBindings.${index}`}
              isPrimary={row.isPrimary || (index === 0 && !rows.some((one) => one.isPrimary))}
              onPrimary={() => onChange(rows.map((one) => ({ ...one, isPrimary: one === row })))}
              onChange={(changes) =>
                onChange(rows.map((one) => (one === row ? { ...one, ...changes } : one)))
              }
              onRemove={() => onChange(rows.filter((one) => one !== row))}
            />
          ))}
        </ul>
      )}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={16} />}
          onClick={() => onChange([...rows, newRow(rows)])}
        >
          {strings.addPort}
        </Button>
      </div>
    </div>
  );
}

interface PortFieldsProps extends Pick<PortRowsProps, 'issueOf' | 'onBlur'>, PortSurroundings {
  row: PortRow;
  path: string;
  isPrimary: boolean;
  onPrimary: () => void;
  onChange: (changes: Partial<PortRow>) => void;
  onRemove: () => void;
}

function PortFields({ row, path, isTranslating, isOwnAddress, isPrimary, ...props }: PortFieldsProps) {
  const [hasWords, setHasWords] = useState(row.alias !== '' || row.notes !== '');
  const { issueOf, onBlur, onChange } = props;
  const name = row.name || strings.aPort;
  const { offset, variable } = row;
  const number = (value: string | number) => (value === '' ? undefined : Number(value));
  const field = (which: string) => ({
    error: issueOf(`${path}.${which}`),
    onBlur: () => onBlur?.(`${path}.${which}`),
  });
  const plain = {
    thousandSeparator: '',
    allowDecimal: false,
    allowNegative: false,
    hideControls: true,
  } as const;
  return (
    <li className={classes.row} data-translated={isTranslating} data-own={isOwnAddress}>
      <TextInput
        label={strings.portName}
        aria-label={row.isTemplates ? undefined : strings.newPortName}
        placeholder={strings.portNameAutomatic}
        value={row.name}
        disabled={row.isTemplates}
        maxLength={32}
        spellCheck={false}
        autoCapitalize="none"
        {...field('name')}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      {!isOwnAddress && (
        <TextInput
          label={strings.ip}
          aria-label={strings.ipOf(name)}
          placeholder={offset ? strings.besideAddress(offset.from) : strings.everyAddress}
          value={row.ip}
          disabled={offset !== undefined}
          spellCheck={false}
          autoCapitalize="none"
          {...field('ip')}
          onChange={(event) => onChange({ ip: event.currentTarget.value })}
        />
      )}
      <NumberInput
        label={strings.port}
        aria-label={strings.portOf(name)}
        placeholder={automatic(row)}
        value={row.port ?? ''}
        disabled={offset !== undefined}
        {...plain}
        {...field('port')}
        onChange={(port) => onChange({ port: number(port) })}
      />
      <Select
        label={strings.protocol}
        aria-label={strings.protocolOf(name)}
        data={Object.entries(strings.protocols).map(([value, label]) => ({ value, label }))}
        value={row.protocol}
        disabled={row.isTemplates}
        onChange={(protocol) => onChange({ protocol: protocol as PortBinding['protocol'] })}
      />
      {isTranslating && (
        <NumberInput
          label={strings.targetPort}
          aria-label={strings.targetPortOf(name)}
          placeholder={strings.same}
          value={row.targetPort ?? ''}
          disabled={offset !== undefined}
          {...plain}
          {...field('targetPort')}
          onChange={(port) => onChange({ targetPort: number(port) })}
        />
      )}
      <div className={classes.buttons}>
        <ActionIcon
          aria-label={isPrimary ? strings.isPrimary(name) : strings.makePrimary(name)}
          aria-pressed={isPrimary}
          onClick={props.onPrimary}
        >
          {isPrimary ? <IconStarFilled size={16} /> : <IconStar size={16} />}
        </ActionIcon>
        <ActionIcon
          aria-label={strings.words(name)}
          aria-expanded={hasWords}
          onClick={() => setHasWords(!hasWords)}
        >
          <IconNote size={16} />
        </ActionIcon>
        {!row.isTemplates && (
          <ActionIcon aria-label={strings.removePort(name)} onClick={props.onRemove}>
            <IconTrash size={16} />
          </ActionIcon>
        )}
      </div>
      {(offset || variable) && (
        <p className={classes.hint}>
          {[offset && strings.follows(offset.from), variable && strings.fills(variable)]
            .filter(Boolean)
            .join(' ')}
        </p>
      )}
      {hasWords && (
        <div className={classes.words}>
          <TextInput
            aria-label={strings.aliasOf(name)}
            leftSectionWidth={92}
            leftSection={<span className={classes.sub}>{strings.alias}</span>}
            placeholder={strings.aliasNone}
            value={row.alias}
            maxLength={253}
            spellCheck={false}
            autoCapitalize="none"
            {...field('alias')}
            onChange={(event) => onChange({ alias: event.currentTarget.value })}
          />
          <TextInput
            aria-label={strings.notesOf(name)}
            leftSectionWidth={60}
            leftSection={<span className={classes.sub}>{strings.notes}</span>}
            value={row.notes}
            maxLength={200}
            {...field('notes')}
            onChange={(event) => onChange({ notes: event.currentTarget.value })}
          />
        </div>
      )}
    </li>
  );
}

/** In place of a number that is not chosen yet. */
function automatic({ offset, preferred }: PortRow): string {
  if (offset) return strings.beside(offset.from, offset.by);
  return preferred ? strings.automaticOf(preferred) : strings.automatic;
}
