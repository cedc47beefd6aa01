import { type Grants, permissions } from '@catalyst/shared/contract/permissions';
import { SegmentedControl } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Notice } from '../../components/notice.tsx';
import { grantSame } from '../roles/permission-choice.ts';
import { PermissionMatrix } from '../roles/permission-matrix.tsx';
import classes from './key-dialog.module.css';
import { allScopes, readScopes } from './key-form.ts';
import { strings } from './strings.ts';

type Preset = 'read' | 'all' | 'custom';

interface ScopeChoiceProps {
  value: readonly string[];
  onChange: (value: string[]) => void;
  held: Grants;
  hint: string;
  error?: ReactNode;
}

/** What a key may do: a usual choice, or right by right. */
export function ScopeChoice({ value, onChange, held, hint, error }: ScopeChoiceProps) {
  const [preset, setPreset] = useState<Preset>(() => presetOf(value, held));
  return (
    <fieldset className={classes.scopes}>
      <legend className={classes.legend}>{strings.scopes}</legend>
      <SegmentedControl
        className={classes.presets}
        aria-label={strings.scopes}
        value={preset}
        onChange={(chosen) => {
          setPreset(chosen as Preset);
          if (chosen === 'read') onChange(readScopes(held));
          if (chosen === 'all') onChange(allScopes(held));
        }}
        data={(['read', 'all', 'custom'] as const).map((name) => ({
          value: name,
          label: strings.presets[name],
        }))}
      />
      <p className={classes.hint}>
        {strings.presetHints[preset]} {hint}
      </p>
      {preset === 'custom' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className={classes.matrix} tabIndex={0} aria-label={strings.scopes}>
          <PermissionMatrix
            value={value}
            onChange={onChange}
            held={held}
            offered={held.has('*') ? undefined : permissions.filter((name) => held.has(name))}
            wildcards={held.has('*')}
          />
        </section>
      )}
      {error && (
        <Notice tone="error" urgent>
          {error}
        </Notice>
      )}
    </fieldset>
  );
}

function presetOf(value: readonly string[], held: Grants): Preset {
  if (grantSame(value, readScopes(held))) return 'read';
  return grantSame(value, allScopes(held)) ? 'all' : 'custom';
}
