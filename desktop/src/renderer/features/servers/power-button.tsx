import type { PowerAction } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { ActionIcon, Button, Menu } from '@mantine/core';
import {
  IconBolt,
  IconChevronDown,
  IconDots,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
} from '@tabler/icons-react';
import { type ComponentProps, cloneElement, type ReactElement, useEffect, useRef, useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { isExpected, type PowerChoice, powerChoices } from './power.ts';
import classes from './power-button.module.css';
import { strings } from './strings.ts';
import { usePower } from './use-power.ts';

const icons: Record<PowerAction, typeof IconPlayerPlay> = {
  start: IconPlayerPlay,
  stop: IconPlayerStop,
  restart: IconRefresh,
  kill: IconBolt,
};

/** The one action that is right for the state, and the others in a menu. `compact` is for rows and cards. */
export function PowerButton({ server, compact }: { server: Server; compact?: boolean }) {
  const power = usePower();
  const [confirming, setConfirming] = useState<PowerChoice>();
  const choices = powerChoices(server);
  const choose = (choice: PowerChoice) => {
    if (choice.needsConfirmation) setConfirming(choice);
    else power.mutate({ server, action: choice.action });
  };
  const [first, ...others] = choices;
  if (!first) return null;
  // In a row, what destroys is not beside what is clicked all day.
  const primary = first.needsConfirmation && compact ? undefined : first;
  const inMenu = primary ? others : choices;
  const View = compact ? CompactPower : FullPower;
  return (
    <>
      <View server={server} primary={primary} inMenu={inMenu} choose={choose} isBusy={power.isPending} />
      {confirming && (
        <ConfirmPower
          server={server}
          isBusy={power.isPending}
          error={power.error}
          onClose={() => setConfirming(undefined)}
          onConfirm={() =>
            power.mutate({ server, action: confirming.action }, { onSuccess: () => setConfirming(undefined) })
          }
        />
      )}
    </>
  );
}

interface PowerViewProps {
  server: Server;
  primary: PowerChoice | undefined;
  inMenu: PowerChoice[];
  choose: (choice: PowerChoice) => void;
  isBusy: boolean;
}

function FullPower({ server, primary, inMenu, choose, isBusy }: PowerViewProps) {
  const Icon = primary && icons[primary.action];
  return (
    <div className={classes.split} data-single={!primary || inMenu.length === 0 || undefined}>
      {primary && Icon && (
        <Button
          className={classes.primary}
          variant={isExpected(primary) ? 'filled' : 'default'}
          leftSection={<Icon size={16} />}
          loading={isBusy}
          onClick={() => choose(primary)}
        >
          {primary.label}
          {primary.needsConfirmation ? '…' : ''}
        </Button>
      )}
      {inMenu.length > 0 && (
        <PowerMenu choices={inMenu} choose={choose}>
          <ActionIcon
            className={classes.more}
            variant={primary && isExpected(primary) ? 'filled' : 'default'}
            color={primary && isExpected(primary) ? 'accent' : 'gray'}
            aria-label={strings.powerMenu(server.name)}
          >
            {primary ? <IconChevronDown size={16} /> : <IconDots size={16} />}
          </ActionIcon>
        </PowerMenu>
      )}
    </div>
  );
}

function CompactPower({ server, primary, inMenu, choose, isBusy }: PowerViewProps) {
  const Icon = primary && icons[primary.action];
  return (
    <div className={classes.compact}>
      {primary && Icon && (
        <IconButton
          className={classes.row}
          aria-label={strings.powerOf(primary.label, server.name)}
          title={primary.label}
          isBusy={isBusy}
          onClick={() => choose(primary)}
        >
          <Icon size={16} stroke={1.75} />
        </IconButton>
      )}
      {inMenu.length > 0 && (
        <PowerMenu choices={inMenu} choose={choose}>
          <IconButton className={classes.row} aria-label={strings.powerMenu(server.name)}>
            <IconDots size={16} stroke={1.75} />
          </IconButton>
        </PowerMenu>
      )}
    </div>
  );
}

interface PowerMenuProps {
  choices: PowerChoice[];
  choose: (choice: PowerChoice) => void;
  /** The button that opens it. */
  children: ReactElement<ComponentProps<'button'>>;
}

/** Made when it is first opened: in a long list, menus are most of the work. */
function PowerMenu(props: PowerMenuProps) {
  const [isMade, setMade] = useState(false);
  if (isMade) return <OpenedPowerMenu {...props} />;
  return cloneElement(props.children, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: () => setMade(true),
  });
}

function OpenedPowerMenu({ choices, choose, children }: PowerMenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  // It is another button than the one that was pressed, and what gets the focus back when the menu is closed.
  useEffect(() => {
    button.current?.focus();
    setOpen(true);
  }, []);
  return (
    <Menu position="bottom-end" width={190} opened={isOpen} onChange={setOpen}>
      <Menu.Target>{cloneElement(children, { ref: button })}</Menu.Target>
      <Menu.Dropdown>
        {choices.map((choice) => {
          const Icon = icons[choice.action];
          return (
            <Menu.Item
              key={choice.action}
              leftSection={<Icon size={16} />}
              data-danger={choice.needsConfirmation || undefined}
              onClick={() => choose(choice)}
            >
              {choice.label}
              {choice.needsConfirmation ? '…' : ''}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

function ConfirmPower(props: {
  server: Server;
  isBusy: boolean;
  error: unknown;
  onClose: () => void;
  onConfirm: () => void;
}) {
  const { server, ...rest } = props;
  const isInstalling = server.state === 'installing';
  return (
    <ConfirmDialog
      {...rest}
      title={isInstalling ? strings.cancelInstallTitle(server.name) : strings.killTitle(server.name)}
      confirmLabel={isInstalling ? strings.cancelInstallButton : strings.killButton}
    >
      {isInstalling ? strings.cancelInstallText : strings.kill}
    </ConfirmDialog>
  );
}
