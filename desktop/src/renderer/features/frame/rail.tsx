import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { NavLink } from 'react-router';
import { BrandMark } from '../../components/brand-mark.tsx';
import { setPreference, usePreferences } from '../settings/preferences.ts';
import { useNavigation } from './navigation.ts';
import classes from './rail.module.css';
import { strings } from './strings.ts';
import { UserMenu } from './user-menu.tsx';

/** The places of the panel, at the left. */
export function Rail({ isTight }: { isTight: boolean }) {
  const { railCollapsed } = usePreferences();
  const isCollapsed = railCollapsed || isTight;
  const places = useNavigation();
  const toggleLabel = railCollapsed ? strings.expand : strings.collapse;
  return (
    <div className={classes.rail} data-collapsed={isCollapsed || undefined}>
      <div className={classes.top}>
        <BrandMark size={24} />
        <span className={classes.panel}>
          <span className={classes.brand}>Catalyst</span>
          <span className={classes.host}>{location.host}</span>
        </span>
      </div>
      <nav className={classes.places} aria-label={strings.navigation}>
        {places.map(({ to, name, Icon }) => (
          <Tooltip key={to} label={name} position="right" disabled={!isCollapsed} openDelay={0}>
            <NavLink to={to} className={classes.place}>
              <Icon size={18} stroke={1.6} aria-hidden />
              <span className={classes.name}>{name}</span>
            </NavLink>
          </Tooltip>
        ))}
      </nav>
      <div className={classes.bottom}>
        <UserMenu isIconOnly={isCollapsed} />
        {!isTight && (
          <Tooltip label={toggleLabel} position="right">
            <ActionIcon
              aria-label={toggleLabel}
              aria-expanded={!railCollapsed}
              onClick={() => setPreference('railCollapsed', !railCollapsed)}
            >
              {railCollapsed ? (
                <IconLayoutSidebarLeftExpand size={18} stroke={1.6} />
              ) : (
                <IconLayoutSidebarLeftCollapse size={18} stroke={1.6} />
              )}
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </div>
  );
}
