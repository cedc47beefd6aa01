import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import users from '../users/users-list.module.css';
import { actionChoices } from './action-strings.ts';
import type { FilterText } from './audit-filter.ts';
import classes from './audit-page.module.css';
import { strings } from './strings.ts';

interface AuditFiltersProps {
  text: FilterText;
  change: (changes: FilterText) => void;
}

const anyOr = (any: string, names: Record<string, string>) => [
  { value: '', label: any },
  ...Object.entries(names).map(([value, label]) => ({ value, label })),
];

/** Every filter of the log; those that only a click on an entry sets are shown as buttons that take them back. */
export function AuditFilters({ text, change }: AuditFiltersProps) {
  return (
    <>
      <search className={users.bar}>
        <NameSearch value={text.q ?? ''} onChange={(q) => change({ q })} />
        <ActionChoice value={text.action} onChange={(action) => change({ action })} />
        <OutcomeChoice value={text.outcome} onChange={(outcome) => change({ outcome })} />
        <Select
          className={classes.choice}
          aria-label={strings.actorKind}
          data={anyOr(strings.anyActor, strings.actorKinds)}
          value={text.actorKind ?? ''}
          onChange={(actorKind) => change({ actorKind: actorKind ?? '' })}
        />
        <Days text={text} change={change} />
      </search>
      <OnlyButtons text={text} change={change} />
    </>
  );
}

/** What filters the activity of one server. */
export function ActivityFilters({ text, change, groups }: AuditFiltersProps & { groups: string[] }) {
  return (
    <search className={users.bar}>
      <ActionChoice groups={groups} value={text.action} onChange={(action) => change({ action })} />
      <OutcomeChoice value={text.outcome} onChange={(outcome) => change({ outcome })} />
      <Days text={text} change={change} />
    </search>
  );
}

interface ChoiceProps {
  value: string | undefined;
  onChange: (value: string) => void;
}

function ActionChoice({ groups, value, onChange }: ChoiceProps & { groups?: string[] }) {
  return (
    <Select
      className={classes.choice}
      aria-label={strings.action}
      placeholder={strings.anyAction}
      data={actionChoices(groups)}
      value={value ?? null}
      onChange={(action) => onChange(action ?? '')}
      searchable
      clearable
      maxDropdownHeight={320}
    />
  );
}

function OutcomeChoice({ value, onChange }: ChoiceProps) {
  return (
    <Select
      className={classes.choice}
      aria-label={strings.outcome}
      data={anyOr(strings.anyOutcome, strings.outcomes)}
      value={value ?? ''}
      onChange={(outcome) => onChange(outcome ?? '')}
    />
  );
}

function Days({ text, change }: AuditFiltersProps) {
  return (['from', 'to'] as const).map((name) => (
    <TextInput
      key={name}
      className={classes.day}
      type="date"
      aria-label={strings[name]}
      leftSection={<span className={classes.dayName}>{strings[name]}</span>}
      leftSectionWidth={48}
      value={text[name] ?? ''}
      min={name === 'to' ? text.from : undefined}
      max={name === 'from' ? text.to : undefined}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  ));
}

function NameSearch({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  const later = useDebouncedCallback(onChange, 250);
  useEffect(() => setTyped(value), [value]);
  return (
    <TextInput
      className={users.text}
      aria-label={strings.search}
      placeholder={strings.search}
      maxLength={100}
      leftSection={<IconSearch size={16} />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        later(event.currentTarget.value);
      }}
    />
  );
}

function OnlyButtons({ text, change }: AuditFiltersProps) {
  const set = Object.entries(strings.only).filter(([name]) => text[name as keyof FilterText]);
  if (set.length === 0) return null;
  return (
    <div className={classes.only}>
      {set.map(([name, label]) => (
        <Button
          key={name}
          variant="default"
          size="xs"
          rightSection={<IconX size={14} />}
          aria-label={strings.removeFilter(label)}
          onClick={() => change({ [name]: '' })}
        >
          {name === 'ip' ? `${label} ${text.ip}` : label}
        </Button>
      ))}
    </div>
  );
}
