import { callUrl } from '@catalyst/shared/contract/client';
import { consoleRoutes } from '@catalyst/shared/features/console';
import { ConsoleStream } from '@catalyst/shared/features/console-link';
import { ActionIcon, Menu, Select, Tooltip } from '@mantine/core';
import {
  IconCheck,
  IconClock,
  IconCopy,
  IconDots,
  IconDownload,
  IconEar,
  IconSearch,
} from '@tabler/icons-react';
import { basePath } from '../../api/client.ts';
import { setPreference, usePreferences } from '../settings/preferences.ts';
import classes from './console-toolbar.module.css';
import { strings } from './strings.ts';

interface ConsoleToolbarProps {
  serverId: string;
  stream: ConsoleStream | undefined;
  onStream: (stream: ConsoleStream | undefined) => void;
  showTimes: boolean;
  onShowTimes: (show: boolean) => void;
  onFind: () => void;
  onCopy: () => void;
}

const streamOptions = [
  { value: '', label: strings.allLines },
  ...ConsoleStream.options.map((stream) => ({ value: stream, label: strings.streamNames[stream] })),
];

export function ConsoleToolbar(props: ConsoleToolbarProps) {
  const { announceConsole } = usePreferences();
  return (
    <div className={classes.bar}>
      <Select
        className={classes.streams}
        aria-label={strings.streams}
        data={streamOptions}
        value={props.stream ?? ''}
        onChange={(stream) => props.onStream((stream as ConsoleStream) || undefined)}
      />
      <div className={classes.tools}>
        <Tooltip label={strings.find}>
          <ActionIcon aria-label={strings.find} onClick={props.onFind}>
            <IconSearch size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={strings.copy}>
          <ActionIcon aria-label={strings.copy} onClick={props.onCopy}>
            <IconCopy size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={strings.download}>
          <ActionIcon
            component="a"
            href={basePath + callUrl(consoleRoutes.download, { params: { id: props.serverId } })}
            download
            aria-label={strings.download}
          >
            <IconDownload size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <Menu position="bottom-end" width={210}>
          <Menu.Target>
            <ActionIcon aria-label={strings.more}>
              <IconDots size={16} stroke={1.6} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              role="menuitemcheckbox"
              aria-checked={props.showTimes}
              leftSection={<IconClock size={16} />}
              rightSection={props.showTimes && <IconCheck size={16} />}
              onClick={() => props.onShowTimes(!props.showTimes)}
            >
              {strings.showTimes}
            </Menu.Item>
            <Menu.Item
              role="menuitemcheckbox"
              aria-checked={announceConsole}
              leftSection={<IconEar size={16} />}
              rightSection={announceConsole && <IconCheck size={16} />}
              onClick={() => setPreference('announceConsole', !announceConsole)}
            >
              {strings.announce}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
    </div>
  );
}
