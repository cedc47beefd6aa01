/** A file with the path it has in the folder that was chosen. */
export interface NamedFile {
  name: string;
  file: File;
}

export interface DroppedItems {
  files: NamedFile[];
  /** Every folder, also those with nothing in them. */
  folders: string[];
}

export const namedFiles = (files: Iterable<File>): NamedFile[] =>
  [...files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));

/** What was dropped, with all that is in dropped folders. Must be called while the event is being handled. */
export async function droppedItems({ items, files }: DataTransfer): Promise<DroppedItems> {
  const entries = [...items].map((item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory)) return { files: namedFiles(files), folders: [] };
  const found: DroppedItems = { files: [], folders: [] };
  for (const entry of entries) if (entry) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: DroppedItems): Promise<void> {
  const name = entry.fullPath.replace(/^\//, '');
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    found.files.push({ name, file });
    return;
  }
  found.folders.push(name);
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // Browsers give at most a hundred at a time.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return;
    for (const child of part) await collect(child, found);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
