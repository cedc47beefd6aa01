import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowLeft, IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { downloadPaths } from '../file-calls.ts';
import type { FilePath } from '../file-path.ts';
import { folderAddress } from '../files-address.ts';
import { FolderBreadcrumb } from '../folder-breadcrumb.tsx';
import classes from './file-head.module.css';
import { editorStrings as strings } from './strings.ts';

interface FileHeadProps {
  serverId: string;
  path: FilePath;
  isDirty?: boolean;
  children?: ReactNode;
}

/** Which file this is, the way back, and what can be done with it. */
export function FileHead({ serverId, path, isDirty, children }: FileHeadProps) {
  return (
    <div className={classes.head}>
      <Tooltip label={strings.back}>
        <ActionIcon
          component={Link}
          to={folderAddress(serverId, path.slice(0, -1))}
          aria-label={strings.back}
        >
          <IconArrowLeft size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <FolderBreadcrumb serverId={serverId} path={path} />
      {isDirty && <span className={classes.dirty} title={strings.dirty} aria-hidden />}
      <div className={classes.tools}>
        <Tooltip label={strings.download}>
          <ActionIcon aria-label={strings.download} onClick={() => downloadPaths(serverId, [path])}>
            <IconDownload size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        {children}
      </div>
    </div>
  );
}
