import type { NodeImage } from '@catalyst/shared/features/images';
import { ActionIcon, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { formatBytes } from '../../../components/units.ts';
import classes from './image-list.module.css';
import { strings } from './strings.ts';
import { useRemoveImage } from './use-images.ts';

interface ImageListProps {
  nodeId: string;
  images: readonly NodeImage[];
  mayRemove: boolean;
}

export function ImageList({ nodeId, images, mayRemove }: ImageListProps) {
  const [removed, setRemoved] = useState<NodeImage>();
  return (
    <>
      <ul className={classes.images} data-actions={mayRemove || undefined}>
        <li className={classes.head} aria-hidden>
          <span>{strings.image}</span>
          <span>{strings.size}</span>
          <span>{strings.usedBy}</span>
          <span>{strings.lastUsed}</span>
        </li>
        {images.map((image) => (
          <li key={image.reference} className={classes.image}>
            <ImageName image={image} />
            <div className={classes.size}>
              {formatBytes(image.unpackedBytes)}
              <span className={classes.sub}>{strings.packed(formatBytes(image.packedBytes))}</span>
            </div>
            <UsedBy image={image} />
            <div className={classes.lastUsed}>
              <span className={classes.label}>{strings.lastUsed} </span>
              <RelativeTime at={image.lastUsedAt} />
            </div>
            {mayRemove && (
              <Tooltip label={image.serverCount > 0 ? strings.inUse : strings.remove}>
                <ActionIcon
                  className={classes.remove}
                  aria-label={strings.removeOf(image.reference)}
                  disabled={image.serverCount > 0}
                  onClick={() => setRemoved(image)}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Tooltip>
            )}
          </li>
        ))}
      </ul>
      {removed && <RemoveDialog nodeId={nodeId} image={removed} onClose={() => setRemoved(undefined)} />}
    </>
  );
}

function ImageName({ image: { reference, isImported, isComplete } }: { image: NodeImage }) {
  return (
    <div className={classes.name}>
      <span className={classes.reference}>
        <code>{reference}</code>
        <CopyButton value={reference} what="image" />
      </span>
      {isImported && (
        <Tooltip label={strings.importedHint} multiline w={260}>
          <span className={classes.mark}>{strings.imported}</span>
        </Tooltip>
      )}
      {!isComplete && (
        <Tooltip label={strings.incompleteHint} multiline w={260}>
          <span className={classes.mark} data-tone="amber">
            {strings.incomplete}
          </span>
        </Tooltip>
      )}
    </div>
  );
}

const shownServers = 3;

function UsedBy({ image: { usedBy, serverCount } }: { image: NodeImage }) {
  if (serverCount === 0) return <div className={classes.nobody}>{strings.nobody}</div>;
  if (usedBy.length === 0) return <div>{strings.others(serverCount)}</div>;
  const shown = usedBy.slice(0, shownServers);
  const more = serverCount - shown.length;
  return (
    <div className={classes.usedBy}>
      {shown.map(({ id, name }) => (
        <Link key={id} to={`/servers/${id}`} className={classes.server}>
          {name}
        </Link>
      ))}
      {more > 0 && <span className={classes.sub}>{strings.moreServers(more)}</span>}
    </div>
  );
}

function RemoveDialog({ nodeId, image, onClose }: { nodeId: string; image: NodeImage; onClose: () => void }) {
  const remove = useRemoveImage(nodeId);
  return (
    <ConfirmDialog
      title={strings.removeTitle}
      confirmLabel={strings.remove}
      isBusy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(image.reference, {
          onSuccess: ({ freedBytes }) => {
            notifications.show({ message: strings.removed(formatBytes(freedBytes)) });
            onClose();
          },
        })
      }
    >
      <p>{strings.removeText(image.reference)}</p>
      <p>{image.isImported ? strings.removeImported : strings.removePulled}</p>
    </ConfirmDialog>
  );
}
