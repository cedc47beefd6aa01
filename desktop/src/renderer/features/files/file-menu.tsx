import { Menu } from '@mantine/core';
import {
  IconArchive,
  IconArrowsMove,
  IconClipboard,
  IconCopy,
  IconCut,
  IconDownload,
  IconFolderOpen,
  IconLock,
  IconPackageExport,
  IconPencil,
  IconRoute,
  IconTrash,
} from '@tabler/icons-react';
import type { FileCommand } from './file-commands.ts';
import classes from './file-menu.module.css';
import { strings } from './strings.ts';

export const commandIcons: Record<FileCommand, typeof IconCut> = {
  open: IconFolderOpen,
  download: IconDownload,
  rename: IconPencil,
  cut: IconCut,
  copy: IconCopy,
  paste: IconClipboard,
  move: IconArrowsMove,
  compress: IconArchive,
  extract: IconPackageExport,
  permissions: IconLock,
  copyPath: IconRoute,
  delete: IconTrash,
};

interface FileMenuProps {
  at: { x: number; y: number };
  commands: readonly FileCommand[];
  onCommand: (command: FileCommand) => void;
  onClose: () => void;
}

/** What can be done, where the pointer is. */
export function FileMenu({ at, commands, onCommand, onClose }: FileMenuProps) {
  return (
    <Menu opened onClose={onClose} position="bottom-start" offset={2} returnFocus>
      <Menu.Target>
        <span className={classes.anchor} style={{ left: at.x, top: at.y }} />
      </Menu.Target>
      <Menu.Dropdown>
        {commands.map((command) => {
          const Icon = commandIcons[command];
          return (
            <Menu.Item
              key={command}
              color={command === 'delete' ? 'red' : undefined}
              leftSection={<Icon size={16} stroke={1.6} />}
              rightSection={
                strings.shortcuts[command] && <kbd className={classes.keys}>{strings.shortcuts[command]}</kbd>
              }
              onClick={() => onCommand(command)}
            >
              {strings.commands[command]}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
