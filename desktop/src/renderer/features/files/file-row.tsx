import type { FileEntry } from '@catalyst/shared/features/files';
import { memo } from 'react';
import { Link } from 'react-router';
import { RelativeTime } from '../../components/relative-time.tsx';
import { SelectBox } from '../../components/select-box.tsx';
import { formatBytes } from '../../components/units.ts';
import { FileIcon } from './file-icon.tsx';
import { entryKey, isFolder } from './file-list.ts';
import classes from './file-table.module.css';
import { type FileViewProps, mouseOf, rowId } from './file-view.ts';
import { MoreButton } from './more-button.tsx';
import { modeLetters } from './permission-bits.ts';
import { RenameField } from './rename-field.tsx';
import { strings } from './strings.ts';

interface FileRowProps {
  entry: FileEntry;
  index: number;
  /** Where there is room for nothing beside the name, the rest is below it. */
  isNarrow: boolean;
  view: FileViewProps;
}

/** While the page scrolls its view stays the same, and so does what is drawn already. */
export const FileRow = memo(function FileRow({ entry, index, isNarrow, view }: FileRowProps) {
  const { selection } = view;
  const key = entryKey(entry);
  const isSelected = selection.keys.has(key);
  const size = isFolder(entry) ? null : formatBytes(entry.sizeBytes);
  return (
    <tr
      id={rowId(index)}
      data-row={index}
      className={classes.row}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-cursor={selection.cursor === key || undefined}
      data-cut={view.cutKeys.has(key) || undefined}
      {...mouseOf(entry, view)}
    >
      <td className={classes.select}>
        <SelectBox
          aria-label={strings.select(entry.name)}
          tabIndex={-1}
          isChecked={isSelected}
          onChange={(event) => view.onToggle(entry, (event.nativeEvent as MouseEvent).shiftKey)}
        />
      </td>
      <td className={classes.name}>
        <FileIcon entry={entry} />
        {view.renamedKey === key ? (
          <RenameField
            name={entry.name}
            onRename={(name) => view.onRename(entry, name)}
            onEnd={view.onRenameEnd}
          />
        ) : (
          <span className={classes.words}>
            <FileNameLink entry={entry} address={view.addressOf(entry)} />
            {isNarrow && (
              <span className={classes.meta}>
                {size && `${size} · `}
                <RelativeTime at={entry.modifiedAt} />
              </span>
            )}
          </span>
        )}
      </td>
      {!isNarrow && (
        <>
          <td className={classes.size}>{size ?? '–'}</td>
          <td className={classes.modified}>
            <RelativeTime at={entry.modifiedAt} />
          </td>
          <td className={classes.mode}>
            <code title={entry.mode}>{modeLetters(entry.mode)}</code>
          </td>
        </>
      )}
      <td className={classes.more}>
        <MoreButton entry={entry} onMenu={view.onMenu} className={classes.moreButton} />
      </td>
    </tr>
  );
});

interface FileNameLinkProps {
  entry: FileEntry;
  address: string | undefined;
}

/** A name, which leads to what it names when that can be opened. */
export function FileNameLink({ entry, address }: FileNameLinkProps) {
  const hint = hintOf(entry);
  return (
    <span className={classes.nameLine}>
      {address ? (
        <Link className={classes.link} to={address} title={entry.name} tabIndex={-1} draggable={false}>
          {entry.name}
        </Link>
      ) : (
        <span className={classes.plain} title={entry.name}>
          {entry.name}
        </span>
      )}
      {hint && <span className={classes.hint}>{hint}</span>}
    </span>
  );
}

function hintOf(entry: FileEntry): string | undefined {
  if (entry.nameBase64 !== undefined) return strings.notUtf8;
  if (entry.type === 'link') {
    if (entry.leadsTo === 'folder' || entry.leadsTo === 'file') return strings.leadsTo[entry.leadsTo];
    return strings.leadsTo.nothing;
  }
  if (entry.type === 'fifo' || entry.type === 'socket' || entry.type === 'device')
    return strings.special[entry.type];
  return undefined;
}
