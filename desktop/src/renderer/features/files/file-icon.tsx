import type { FileEntry } from '@catalyst/shared/features/files';
import {
  IconCoffee,
  IconDatabase,
  IconFile,
  IconFileCode,
  IconFileMusic,
  IconFileSettings,
  IconFileText,
  IconFileUnknown,
  IconFileZip,
  IconFolder,
  IconFolderSymlink,
  IconLinkOff,
  IconPhoto,
  IconPlug,
} from '@tabler/icons-react';
import classes from './file-icon.module.css';
import { isFolder, isOpenable } from './file-list.ts';

const endings: [icon: typeof IconFile, pattern: RegExp][] = [
  [IconFileSettings, /\.(properties|ya?ml|toml|ini|cfg|conf|env|json5?|xml)$/i],
  [IconFileText, /\.(txt|log|md|csv)(\.\d+)?$/i],
  [IconFileCode, /\.(lua|js|ts|py|sh|bat|ps1|sql|html?|css|php|java|cs|sk)$/i],
  [IconFileZip, /\.(zip|gz|tgz|zst|xz|bz2|7z|rar|tar)$/i],
  [IconPhoto, /\.(png|jpe?g|gif|webp|bmp|ico|svg|tga|dds)$/i],
  [IconFileMusic, /\.(ogg|mp3|wav|flac)$/i],
  [IconDatabase, /\.(db|sqlite3?|dat|mca|nbt)$/i],
  [IconCoffee, /\.jar$/i],
];

function iconOf(entry: FileEntry): typeof IconFile {
  if (entry.type === 'folder') return IconFolder;
  if (entry.type === 'link' && !isOpenable(entry)) return IconLinkOff;
  if (isFolder(entry)) return IconFolderSymlink;
  if (!isOpenable(entry)) return entry.type === 'link' ? IconFileUnknown : IconPlug;
  return endings.find(([, pattern]) => pattern.test(entry.name))?.[0] ?? IconFile;
}

/** Of what kind something is, at a glance. */
export function FileIcon({ entry, size = 18 }: { entry: FileEntry; size?: number }) {
  const Icon = iconOf(entry);
  return (
    <Icon
      size={size}
      stroke={1.5}
      className={classes.icon}
      data-folder={isFolder(entry) || undefined}
      aria-hidden
    />
  );
}
