import { ActionIcon, Kbd, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { OperationsMenu } from '../operations/operations-menu.tsx';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { ConnectionSign } from './connection-sign.tsx';
import { strings } from './strings.ts';
import classes from './top-bar.module.css';
import { UserMenu } from './user-menu.tsx';

const isMac = /Mac|iP(hone|ad|od)/.test(navigator.userAgent);

export function TopBar({ onSearch, isPhone }: { onSearch: () => void; isPhone: boolean }) {
  return (
    <header className={classes.bar}>
      <Breadcrumbs />
      <div className={classes.tools}>
        <ConnectionSign />
        {isPhone ? (
          <ActionIcon aria-label={strings.searchShort} onClick={onSearch}>
            <IconSearch size={18} stroke={1.6} />
          </ActionIcon>
        ) : (
          <UnstyledButton className={classes.search} onClick={onSearch}>
            <IconSearch size={16} stroke={1.6} aria-hidden />
            <span className={classes.searchText}>{strings.search}</span>
            <Kbd className={classes.keys}>{isMac ? '⌘ K' : 'Ctrl K'}</Kbd>
          </UnstyledButton>
        )}
        <OperationsMenu />
        {isPhone && <UserMenu isIconOnly />}
      </div>
    </header>
  );
}
