import { Button, Skeleton } from '@mantine/core';
import { IconBoxOff, IconDownload, IconPackageImport, IconStack3 } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { Empty } from '../../../components/empty.tsx';
import { Failure } from '../../../components/failure.tsx';
import { Notice } from '../../../components/notice.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { useMay } from '../../sessions/use-session.ts';
import { useShownNode } from '../node-page.tsx';
import { ImageList } from './image-list.tsx';
import classes from './images-tab.module.css';
import { ImportDialog } from './import-dialog.tsx';
import { PruneDialog } from './prune-dialog.tsx';
import { PullDialog } from './pull-dialog.tsx';
import { PullList } from './pull-list.tsx';
import { strings } from './strings.ts';
import { useImages } from './use-images.ts';

/** The images on a node, what is on its way there, and the ways to change that. */
export function ImagesTab() {
  const { node } = useShownNode();
  const mayUpdate = useMay('node.update');
  const isOnline = node.status === 'online';
  // Before its first report nobody knows; then its answer tells.
  const hasContainers = node.health?.runtimes.some(({ name }) => name === 'containerd') ?? true;
  const { data, error, isFetching, refetch } = useImages(node.id, isOnline && hasContainers);
  const [dialog, setDialog] = useState<'pull' | 'import' | 'prune'>();
  const close = () => setDialog(undefined);
  if (isOnline && !hasContainers) return <NoContainers nodeId={node.id} />;
  if (!isOnline && !data) {
    return (
      <Notice tone="offline" title={strings.offlineTitle}>
        {strings.offline}
      </Notice>
    );
  }
  if (error && !data) {
    return (
      <>
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
        <Link className={classes.more} to={`/nodes/${node.id}/doctor`}>
          {strings.askDoctor}
        </Link>
      </>
    );
  }
  if (!data) return <ImagesSkeleton />;
  const pullButton = (
    <Button disabled={!isOnline} leftSection={<IconDownload size={16} />} onClick={() => setDialog('pull')}>
      {strings.pull}
    </Button>
  );
  const isEmpty = data.images.length === 0;
  return (
    <>
      {mayUpdate && (
        <div className={classes.toolbar}>
          <span className={classes.count}>{strings.count(data.images.length)}</span>
          {!isEmpty && (
            <Button variant="default" disabled={!isOnline} onClick={() => setDialog('prune')}>
              {strings.prune}…
            </Button>
          )}
          <Button
            variant="default"
            disabled={!isOnline}
            leftSection={<IconPackageImport size={16} />}
            onClick={() => setDialog('import')}
          >
            {strings.import}
          </Button>
          {!isEmpty && pullButton}
        </div>
      )}
      {error && <Failure title={strings.failed} error={error} retry={() => void refetch()} />}
      <PullList nodeId={node.id} pulls={data.pulls} mayCancel={mayUpdate} />
      {isEmpty ? (
        <Empty
          icon={<IconStack3 size={28} stroke={1.5} />}
          title={strings.emptyTitle}
          action={mayUpdate && pullButton}
        >
          {mayUpdate ? strings.empty : strings.emptyReadOnly}
        </Empty>
      ) : (
        <ImageList nodeId={node.id} images={data.images} mayRemove={mayUpdate && isOnline} />
      )}
      {dialog === 'pull' && <PullDialog node={node} onClose={close} />}
      {dialog === 'import' && <ImportDialog node={node} onClose={close} />}
      {dialog === 'prune' && <PruneDialog nodeId={node.id} onClose={close} />}
    </>
  );
}

function NoContainers({ nodeId }: { nodeId: string }) {
  return (
    <Empty
      icon={<IconBoxOff size={28} stroke={1.5} />}
      title={strings.noneTitle}
      action={
        <Button component={Link} to={`/nodes/${nodeId}/doctor`} variant="default">
          {strings.openDoctor}
        </Button>
      }
    >
      {strings.none}
    </Empty>
  );
}

function ImagesSkeleton() {
  return (
    <div className={classes.skeleton} role="status" aria-label={shared.loading}>
      {[62, 48, 70].map((width) => (
        <Skeleton key={width} height={14} width={`${width}%`} />
      ))}
    </div>
  );
}
