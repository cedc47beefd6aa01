import { Button, CloseButton, Menu } from '@mantine/core';
import { IconChevronUp } from '@tabler/icons-react';
import bar from '../servers/bulk-bar.module.css';
import type { FileCommand } from './file-commands.ts';
import { commandIcons } from './file-menu.tsx';
import { strings } from './strings.ts';

/** Those that have a button of their own, as many as a phone has room for; the others are in the menu. */
const inFront: readonly FileCommand[] = ['download', 'delete'];

interface SelectionBarProps {
  count: number;
  commands: readonly FileCommand[];
  onCommand: (command: FileCommand) => void;
  onClear: () => void;
}

/** What can be done with what is picked. */
export function SelectionBar({ count, commands, onCommand, onClear }: SelectionBarProps) {
  if (count === 0) return null;
  const others = commands.filter((command) => !inFront.includes(command));
  return (
    <div className={bar.place}>
      <div className={bar.bar} role="toolbar" aria-label={strings.selected(count)}>
        <span className={bar.count} role="status">
          {strings.selected(count)}
        </span>
        {inFront
          .filter((command) => commands.includes(command))
          .map((command) => {
            const Icon = commandIcons[command];
            return (
              <Button
                key={command}
                variant="default"
                size="xs"
                leftSection={<Icon size={14} stroke={1.6} aria-hidden />}
                onClick={() => onCommand(command)}
              >
                {strings.commands[command]}
              </Button>
            );
          })}
        {others.length > 0 && (
          <Menu position="top-end">
            <Menu.Target>
              <Button variant="default" size="xs" rightSection={<IconChevronUp size={14} stroke={1.6} />}>
                {strings.more}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {others.map((command) => {
                const Icon = commandIcons[command];
                return (
                  <Menu.Item
                    key={command}
                    leftSection={<Icon size={16} stroke={1.6} />}
                    onClick={() => onCommand(command)}
                  >
                    {strings.commands[command]}
                  </Menu.Item>
                );
              })}
            </Menu.Dropdown>
          </Menu>
        )}
        <CloseButton aria-label={strings.clearSelection} onClick={onClear} />
      </div>
    </div>
  );
}
