import { Button } from '@mantine/core';
import { IconFolderOff, IconFolderOpen, IconSearchOff } from '@tabler/icons-react';
import { Link } from 'react-router';
import { hasCode } from '../../api/errors.ts';
import { Empty } from '../../components/empty.tsx';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { folderAddress } from './files-address.ts';
import { FolderSkeleton } from './folder-skeleton.tsx';
import classes from './folder-state.module.css';
import { strings } from './strings.ts';
import type { useFolder } from './use-folder.ts';

type ReadFolder = ReturnType<typeof useFolder>;

interface FolderStateProps {
  folder: ReadFolder;
  serverId: string;
  filter: string;
  isOnline: boolean;
  isEmpty: boolean;
  mayWrite: boolean;
  onUpload: () => void;
}

/** In place of a list that has nothing to show, or above what is left of one. */
export function FolderState(props: FolderStateProps) {
  const { folder, serverId, filter, isOnline, isEmpty, mayWrite, onUpload } = props;
  const { error, isPending, isFetching, hasNextPage, entries } = folder;
  // That the node is away is said above already.
  if (!isOnline) return null;
  if (hasCode(error, 'suspended')) {
    return (
      <Notice tone="info" title={strings.suspendedTitle}>
        {strings.suspended}
      </Notice>
    );
  }
  if (hasCode(error, 'not_found')) {
    return (
      <Empty
        icon={<IconFolderOff size={28} stroke={1.5} />}
        title={strings.goneTitle}
        action={
          <Button component={Link} to={folderAddress(serverId, [])} variant="default">
            {strings.toHome}
          </Button>
        }
      >
        {strings.gone}
      </Empty>
    );
  }
  if (error) {
    const title = entries ? strings.moreFailed : strings.failed;
    const retry = () => void (entries && hasNextPage ? folder.fetchNextPage() : folder.refetch());
    return <Failure title={title} error={error} retry={retry} isRetrying={isFetching} />;
  }
  if (isPending) return <FolderSkeleton />;
  if (!isEmpty) return null;
  if (filter !== '') {
    if (hasNextPage) return <FolderSkeleton />;
    return (
      <Empty icon={<IconSearchOff size={28} stroke={1.5} />} title={strings.noMatchTitle}>
        {strings.noMatch(filter)}
      </Empty>
    );
  }
  return (
    <Empty
      icon={<IconFolderOpen size={28} stroke={1.5} />}
      title={strings.emptyTitle}
      action={mayWrite && <Button onClick={onUpload}>{strings.uploadFiles}</Button>}
    >
      {mayWrite ? strings.empty : strings.emptyReadOnly}
    </Empty>
  );
}

/** How many there are, as far as that is known. */
export function FolderFoot(props: { folder: ReadFolder; shown: number; isFiltered: boolean }) {
  const { folder, shown, isFiltered } = props;
  const total = folder.entries?.length ?? 0;
  if (total === 0) return null;
  const count = isFiltered ? strings.filtered(shown, total) : strings.items(total);
  return (
    <p className={classes.foot} role="status">
      {folder.hasNextPage ? strings.loadedSoFar(total) : count}
      {folder.isFetchingNextPage && ` · ${strings.loadingMore}`}
    </p>
  );
}
