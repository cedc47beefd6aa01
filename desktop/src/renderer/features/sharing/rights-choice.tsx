import { type Grants, type Permission, serverPermissions } from '@catalyst/shared/contract/permissions';
import { subuserPresets } from '@catalyst/shared/features/subusers';
import { useId } from 'react';
import { PermissionMatrix } from '../roles/permission-matrix.tsx';
import { presetNames, presetOf, presetWithin } from './rights.ts';
import classes from './rights-choice.module.css';
import { strings } from './strings.ts';

interface RightsChoiceProps {
  value: readonly Permission[];
  onChange: (value: Permission[]) => void;
  held: Grants;
}

/** What somebody may do on a server: a usual choice to begin with, then right by right. */
export function RightsChoice({ value, onChange, held }: RightsChoiceProps) {
  const group = useId();
  const chosen = presetNames.find((name) => sameAs(presetWithin(name, held), value)) ?? presetOf(value);
  return (
    <fieldset className={classes.choice}>
      <legend className={classes.legend}>{strings.mayDo}</legend>
      <div className={classes.presets} role="radiogroup" aria-label={strings.presets}>
        {presetNames.map((name) => (
          <label key={name} className={classes.preset}>
            <input
              type="radio"
              className={classes.input}
              name={group}
              checked={chosen === name}
              onChange={() => onChange(presetWithin(name, held))}
            />
            <span className={classes.name}>{subuserPresets[name].name}</span>
            <span className={classes.hint}>{subuserPresets[name].description}</span>
          </label>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.matrix} tabIndex={0} aria-label={strings.mayDo}>
        <PermissionMatrix
          value={value}
          onChange={(names) => onChange(names as Permission[])}
          held={held}
          offered={serverPermissions}
          always={['server.read']}
          wildcards={false}
        />
      </section>
    </fieldset>
  );
}

const sameAs = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((name) => other.includes(name));
