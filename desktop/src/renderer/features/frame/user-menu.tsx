import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import {
  IconCheck,
  IconDeviceDesktop,
  IconKey,
  IconLogout,
  IconMoon,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react';
import { Link } from 'react-router';
import { useSignOut, useUser } from '../sessions/use-session.ts';
import { strings } from './strings.ts';
import classes from './user-menu.module.css';

const schemes = [
  { value: 'auto', name: strings.themeSystem, Icon: IconDeviceDesktop },
  { value: 'light', name: strings.themeLight, Icon: IconSun },
  { value: 'dark', name: strings.themeDark, Icon: IconMoon },
] as const;

export function UserMenu({ isIconOnly }: { isIconOnly: boolean }) {
  const user = useUser();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const shownName = user.displayName ?? user.name;
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <UnstyledButton
          className={classes.button}
          data-icon-only={isIconOnly || undefined}
          aria-label={strings.accountOf(shownName)}
        >
          <span className={classes.initials} data-initials={initialsOf(shownName)} />
          {!isIconOnly && <span className={classes.name}>{shownName}</span>}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconUserCircle size={16} />}>
          {strings.account}
        </Menu.Item>
        <Menu.Item component={Link} to="/account/api-keys" leftSection={<IconKey size={16} />}>
          {strings.apiKeys}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{strings.appearance}</Menu.Label>
        {schemes.map(({ value, name, Icon }) => (
          <Menu.Item
            key={value}
            role="menuitemradio"
            aria-checked={colorScheme === value}
            closeMenuOnClick={false}
            leftSection={<Icon size={16} />}
            rightSection={colorScheme === value ? <IconCheck size={16} /> : null}
            onClick={() => setColorScheme(value)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {strings.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/[\s_-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]?.slice(0, 2)];
  return letters
    .map((word) => (words.length > 1 ? [...(word ?? '')][0] : word))
    .join('')
    .toUpperCase();
}
