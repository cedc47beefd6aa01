import type { FileEntry } from '@catalyst/shared/features/files';
import { IconDots } from '@tabler/icons-react';
import { IconButton } from '../../components/icon-button.tsx';
import type { FileViewProps } from './file-view.ts';
import { strings } from './strings.ts';

interface MoreButtonProps {
  entry: FileEntry;
  onMenu: FileViewProps['onMenu'];
  className?: string | undefined;
}

/** The menu of a row or a tile, for whoever has no right button; the keys of the list open it too. */
export function MoreButton({ entry, onMenu, className = '' }: MoreButtonProps) {
  return (
    <IconButton
      className={className}
      aria-label={strings.moreOf(entry.name)}
      tabIndex={-1}
      onClick={(event) => {
        const { left, bottom } = event.currentTarget.getBoundingClientRect();
        onMenu(entry, { x: left, y: bottom });
      }}
    >
      <IconDots size={16} stroke={1.6} />
    </IconButton>
  );
}
