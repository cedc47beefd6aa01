import { ActionIcon, Button, CloseButton, Menu, TextInput, Tooltip } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowsSort,
  IconArrowUp,
  IconChevronDown,
  IconDots,
  IconFilePlus,
  IconFileUpload,
  IconFolderPlus,
  IconFolderSearch,
  IconFolderUp,
  IconLayoutGrid,
  IconList,
  IconPlugConnected,
  IconPlus,
  IconRefresh,
  IconSearch,
  IconUpload,
  IconWorldDownload,
} from '@tabler/icons-react';
import { setPreference, usePreferences } from '../settings/preferences.ts';
import { sortColumns } from './file-list.ts';
import type { FilePath } from './file-path.ts';
import { FolderBreadcrumb } from './folder-breadcrumb.tsx';
import classes from './folder-toolbar.module.css';
import { strings } from './strings.ts';

interface FolderToolbarProps {
  serverId: string;
  path: FilePath;
  filter: string;
  onFilter: (text: string) => void;
  isReading: boolean;
  onRefresh: () => void;
  mayWrite: boolean;
  onNew: (type: 'file' | 'folder') => void;
  onUpload: (what: 'files' | 'folder') => void;
  onDialog: (kind: 'search' | 'sftp' | 'pull') => void;
}

export function FolderToolbar(props: FolderToolbarProps) {
  const { serverId, path, filter, onFilter, mayWrite } = props;
  const { fileView } = usePreferences();
  const otherView = fileView === 'grid' ? strings.asList : strings.asGrid;
  return (
    <div className={classes.bar}>
      <FolderBreadcrumb serverId={serverId} path={path} />
      <div className={classes.tools}>
        <TextInput
          className={classes.filter}
          aria-label={strings.filter}
          placeholder={strings.filter}
          leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
          rightSection={
            filter ? (
              <CloseButton size="sm" aria-label={strings.clearFilter} onClick={() => onFilter('')} />
            ) : null
          }
          value={filter}
          maxLength={255}
          onChange={(event) => onFilter(event.currentTarget.value)}
        />
        <SortMenu isGrid={fileView === 'grid'} />
        <Tooltip label={otherView}>
          <ActionIcon
            variant="default"
            className={classes.square}
            aria-label={otherView}
            onClick={() => setPreference('fileView', fileView === 'grid' ? 'list' : 'grid')}
          >
            {fileView === 'grid' ? (
              <IconList size={16} stroke={1.6} />
            ) : (
              <IconLayoutGrid size={16} stroke={1.6} />
            )}
          </ActionIcon>
        </Tooltip>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon
              variant="default"
              className={classes.square}
              aria-label={strings.folderTools}
              title={strings.folderTools}
            >
              <IconDots size={16} stroke={1.6} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconFolderSearch size={16} stroke={1.6} />}
              onClick={() => props.onDialog('search')}
            >
              {strings.search}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconPlugConnected size={16} stroke={1.6} />}
              onClick={() => props.onDialog('sftp')}
            >
              {strings.sftpOpen}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Tooltip label={strings.refresh}>
          <ActionIcon
            variant="default"
            className={classes.square}
            aria-label={strings.refresh}
            loading={props.isReading}
            onClick={props.onRefresh}
          >
            <IconRefresh size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        {mayWrite && <WriteMenus {...props} />}
      </div>
    </div>
  );
}

function SortMenu({ isGrid }: { isGrid: boolean }) {
  const { fileSort } = usePreferences();
  const Arrow = fileSort.descending ? IconArrowDown : IconArrowUp;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="default"
          className={classes.square}
          data-only-narrow={!isGrid || undefined}
          aria-label={strings.sortBy}
          title={strings.sortBy}
        >
          <IconArrowsSort size={16} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{strings.sortBy}</Menu.Label>
        {sortColumns.map((column) => {
          const isSorted = fileSort.column === column;
          return (
            <Menu.Item
              key={column}
              rightSection={isSorted ? <Arrow size={14} stroke={1.75} aria-hidden /> : null}
              onClick={() =>
                setPreference('fileSort', { column, descending: isSorted && !fileSort.descending })
              }
            >
              {strings.columns[column]}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

type WriteMenusProps = Pick<FolderToolbarProps, 'onNew' | 'onUpload' | 'onDialog'>;

function WriteMenus({ onNew, onUpload, onDialog }: WriteMenusProps) {
  const arrow = <IconChevronDown size={14} stroke={1.6} aria-hidden />;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} stroke={1.6} aria-hidden />}
            rightSection={arrow}
          >
            {strings.create}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFilePlus size={16} stroke={1.6} />} onClick={() => onNew('file')}>
            {strings.newFile}
          </Menu.Item>
          <Menu.Item leftSection={<IconFolderPlus size={16} stroke={1.6} />} onClick={() => onNew('folder')}>
            {strings.newFolder}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button leftSection={<IconUpload size={16} stroke={1.6} aria-hidden />} rightSection={arrow}>
            {strings.upload}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconFileUpload size={16} stroke={1.6} />}
            onClick={() => onUpload('files')}
          >
            {strings.uploadFiles}
          </Menu.Item>
          <Menu.Item leftSection={<IconFolderUp size={16} stroke={1.6} />} onClick={() => onUpload('folder')}>
            {strings.uploadFolder}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconWorldDownload size={16} stroke={1.6} />}
            onClick={() => onDialog('pull')}
          >
            {strings.uploadFromWeb}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
