import type { ImportEntry } from './import-batches.ts';
import { strings } from './strings.ts';

/** A file with the path it has in the folder that was chosen. */
export interface NamedFile {
  name: string;
  file: File;
}

const longestName = 255;
const mostBytes = 1_048_576;
let lastKey = 0;

export const isTemplateFile = (name: string): boolean => /\.(json|ya?ml)$/i.test(name);

export const namedFiles = (files: Iterable<File>): NamedFile[] =>
  [...files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));

/** Files as the list shows them. What cannot be sent says why. */
export function readFiles(files: readonly NamedFile[]): Promise<ImportEntry[]> {
  return Promise.all(files.map(readFile));
}

async function readFile({ name, file }: NamedFile): Promise<ImportEntry> {
  const { content = '', problem } = await textOf(file);
  lastKey += 1;
  return {
    key: lastKey,
    // Its end tells more than its beginning.
    fileName: name.slice(-longestName),
    content,
    state: problem === undefined ? 'waiting' : 'refused',
    template: null,
    report: null,
    error: problem === undefined ? null : { message: problem, issues: [] },
    isChosen: false,
  };
}

async function textOf(file: File): Promise<{ content?: string; problem?: string }> {
  if (file.size > mostBytes) return { problem: strings.tooLarge };
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return { problem: strings.notRead };
  }
  try {
    return { content: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: strings.notText };
  }
}

/** What was dropped, with all that is in dropped folders. Must be called while the event is being handled. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<NamedFile[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory)) return namedFiles(files);
  const found = await Promise.all(entries.filter((entry) => entry !== null).map(filesIn));
  return found.flat();
}

async function filesIn(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ name: entry.fullPath.replace(/^\//, ''), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: NamedFile[] = [];
  for (;;) {
    // Browsers give at most a hundred at a time.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return found;
    found.push(...(await Promise.all(part.map(filesIn))).flat());
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
