import type { NamedFile } from '../../../components/dropped-items.ts';
import type { ImportEntry } from './import-batches.ts';
import { strings } from './strings.ts';

const longestName = 255;
const mostBytes = 1_048_576;
let lastKey = 0;

export const isTemplateFile = (name: string): boolean => /\.(json|ya?ml)$/i.test(name);

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
