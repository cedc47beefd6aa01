import {
  type Grants,
  isWithin,
  type Permission,
  type PermissionPattern,
} from '@catalyst/shared/contract/permissions';
import { Checkbox, TextInput } from '@mantine/core';
import { IconLock, IconSearch } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { descriptionOf } from './grant-summary.ts';
import { choiceState, type Resource, resourcesOf, toggled, toggledAll } from './permission-choice.ts';
import classes from './permission-matrix.module.css';
import { permissionStrings as strings } from './permission-strings.ts';

interface PermissionMatrixProps {
  /** What is chosen: rights and, where they are offered, wildcards. */
  value: readonly string[];
  onChange: (value: string[]) => void;
  /** What the one who chooses holds; the rest can neither be given nor taken. */
  held: Grants;
  /** All there are when left out. */
  offered?: readonly Permission[];
  /** Rights that are always there. */
  always?: readonly Permission[];
  /** With them, “all” is a right of its own that grows with later versions; without, it chooses each right there is. */
  wildcards: boolean;
  isReadOnly?: boolean;
}

/** Rights by what they are about, in words. */
export function PermissionMatrix(props: PermissionMatrixProps) {
  const { value, onChange, held, offered, wildcards, isReadOnly } = props;
  const [text, setText] = useState('');
  const resources = resourcesOf(offered);
  const shown = matching(resources, text);
  const isShort = resources.length < 8;
  const cannotGive = resources.some(({ permissions }) => !isWithin(permissions, held));
  return (
    <div className={classes.matrix}>
      {!isReadOnly && cannotGive && (
        <p className={classes.notice}>
          <IconLock size={14} aria-hidden /> {strings.notHeldNotice}
        </p>
      )}
      {!isShort && (
        <TextInput
          aria-label={strings.find}
          placeholder={strings.find}
          leftSection={<IconSearch size={16} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {wildcards && text === '' && (
        <div className={classes.everything}>
          <Right {...props} pattern="*" label={strings.everything} hint={strings.everythingHint} />
        </div>
      )}
      {shown.length === 0 && (
        <p className={classes.notice} role="status">
          {strings.noneFound}
        </p>
      )}
      {shown.map((resource) => (
        <fieldset key={resource.name} className={classes.resource}>
          <legend className={classes.hidden}>{strings.resource(resource.name)}</legend>
          <div className={classes.head}>
            <span className={classes.name} aria-hidden>
              {strings.resource(resource.name)}
            </span>
            {wildcards ? (
              <Right
                {...props}
                pattern={resource.wildcard}
                label={strings.all}
                spoken={strings.allOf(strings.resource(resource.name))}
              />
            ) : (
              resource.permissions.length > 1 && (
                <AllOf {...props} resource={resource} onChange={onChange} value={value} />
              )
            )}
          </div>
          <div className={classes.rights}>
            {resource.permissions.map((name) => (
              <Right key={name} {...props} pattern={name} label={descriptionOf(name)} />
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
}

interface RightProps extends PermissionMatrixProps {
  pattern: PermissionPattern;
  label: string;
  hint?: string;
  spoken?: string;
}

function Right({ pattern, label, hint, spoken, ...matrix }: RightProps) {
  const reasonId = useId();
  const { value, onChange, held, always = [], isReadOnly } = matrix;
  const isAlways = always.includes(pattern as Permission);
  const state = isAlways ? 'included' : choiceState(value, pattern);
  const isHeld = isWithin([pattern], held);
  const reason = isReadOnly
    ? undefined
    : isAlways
      ? strings.always
      : !isHeld
        ? strings.notHeld
        : state === 'included'
          ? strings.included
          : undefined;
  return (
    <div
      className={classes.right}
      data-locked={reason !== undefined || undefined}
      title={reason ? `${reason} (${pattern})` : pattern}
    >
      <Checkbox
        checked={state !== 'off'}
        disabled={isReadOnly || reason !== undefined}
        onChange={() => onChange(toggled(value, pattern))}
        aria-label={spoken}
        aria-describedby={reason && reasonId}
        label={
          <>
            {label}
            {!isHeld && !isReadOnly && <IconLock size={12} className={classes.lock} aria-hidden />}
          </>
        }
        description={hint}
      />
      {reason && (
        <span id={reasonId} className={classes.hidden}>
          {reason}
        </span>
      )}
    </div>
  );
}

function AllOf({ resource, ...matrix }: PermissionMatrixProps & { resource: Resource }) {
  const { value, onChange, held, always = [], isReadOnly } = matrix;
  const locked = resource.permissions.filter((name) => always.includes(name) || !held.has(name));
  const chosen = resource.permissions.filter((name) => value.includes(name) || always.includes(name));
  const isAll = chosen.length === resource.permissions.length;
  return (
    <Checkbox
      label={strings.all}
      aria-label={strings.allOf(strings.resource(resource.name))}
      checked={isAll}
      indeterminate={!isAll && chosen.length > 0}
      disabled={isReadOnly || locked.length === resource.permissions.length}
      onChange={() => onChange(toggledAll(value, resource.permissions, locked))}
    />
  );
}

function matching(resources: Resource[], text: string): Resource[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return resources;
  return resources
    .map((resource) => {
      if (strings.resource(resource.name).toLowerCase().includes(wanted)) return resource;
      const permissions = resource.permissions.filter((name) =>
        `${name} ${descriptionOf(name)}`.toLowerCase().includes(wanted),
      );
      return { ...resource, permissions };
    })
    .filter(({ permissions }) => permissions.length > 0);
}
