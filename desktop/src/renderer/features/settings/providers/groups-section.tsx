import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { Failure } from '../../../components/failure.tsx';
import { Section } from '../../../components/section.tsx';
import { useIsWithinMine } from '../../roles/use-grants.ts';
import { useRoles } from '../../roles/use-roles.ts';
import { useMay } from '../../sessions/use-session.ts';
import settings from '../settings-form.module.css';
import classes from './groups-section.module.css';
import type { ProviderSectionProps } from './provider-fields.tsx';
import { strings } from './strings.ts';

/** Which group of the provider gives which role. */
export function GroupsSection({ form, isReadOnly }: ProviderSectionProps) {
  const { data: roles, error } = useRoles({ enabled: useMay('role.read') });
  const isWithinMine = useIsWithinMine();
  const rows = form.values.groupRoles;
  const choices = (present: string) =>
    (roles ?? []).map(({ id, name, permissions }) => ({
      value: id,
      label: name,
      // Nobody gives more than he holds, by this way either.
      disabled: id !== present && !isWithinMine(permissions),
    }));
  return (
    <Section id="groups" title={strings.groups} hint={strings.groupsHint}>
      <TextInput
        label={strings.groupClaim}
        description={strings.groupClaimHint}
        placeholder="groups"
        autoComplete="off"
        spellCheck={false}
        disabled={isReadOnly}
        {...form.getInputProps('groupClaim')}
      />
      {error && !roles && <Failure title={strings.rolesFailed} error={error} />}
      {rows.length > 0 && (
        <ol className={classes.rows}>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have nothing else, and their order is their meaning
            <li key={index} className={classes.row}>
              <TextInput
                aria-label={strings.groupOf(index + 1)}
                placeholder={strings.group}
                autoComplete="off"
                spellCheck={false}
                disabled={isReadOnly}
                {...form.getInputProps(`groupRoles.${index}.group`)}
              />
              <Select
                aria-label={strings.roleOf(index + 1)}
                placeholder={strings.role}
                data={choices(row.roleId)}
                disabled={isReadOnly || !roles}
                {...form.getInputProps(`groupRoles.${index}.roleId`)}
              />
              {!isReadOnly && (
                <ActionIcon
                  aria-label={strings.removeGroup(index + 1)}
                  onClick={() => form.removeListItem('groupRoles', index)}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ol>
      )}
      {rows.length > 0 && <p className={settings.sub}>{strings.firstWins}</p>}
      {!isReadOnly && roles && rows.length < 50 && (
        <div>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => form.insertListItem('groupRoles', { group: '', roleId: '' })}
          >
            {strings.addGroup}
          </Button>
        </div>
      )}
    </Section>
  );
}
