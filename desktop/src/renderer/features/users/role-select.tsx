import { Select, type SelectProps } from '@mantine/core';
import { useIsWithinMine } from '../roles/use-grants.ts';
import { useRoles } from '../roles/use-roles.ts';
import { useMay } from '../sessions/use-session.ts';
import { strings } from './strings.ts';

type RoleSelectProps = Pick<SelectProps, 'value' | 'onChange' | 'error' | 'disabled' | 'description'>;

/** A role to give: those that hold more than the giver cannot be picked. Nothing for those who may not see roles. */
export function RoleSelect(props: RoleSelectProps) {
  const { data } = useRoles({ enabled: useMay('role.read') });
  const isWithinMine = useIsWithinMine();
  if (!data) return null;
  // What everybody has is no favour, and what is given when nothing is chosen.
  const usual = data.find(({ builtIn }) => builtIn === 'user');
  const value = props.value ?? usual?.id ?? null;
  const choices = data.map((role) => {
    const mayGive = role.builtIn === 'user' || isWithinMine(role.permissions);
    const isPresent = role.id === value;
    return {
      value: role.id,
      label: mayGive || isPresent ? role.name : strings.roleOther(role.name),
      disabled: !mayGive && !isPresent,
    };
  });
  return <Select label={strings.role} data={choices} {...props} value={value} />;
}
