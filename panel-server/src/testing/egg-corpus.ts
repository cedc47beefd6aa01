import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Community files may lie beside the repository; tests say so where they do not. */
const folder = fileURLToPath(new URL('../../../../shared/eggs', import.meta.url));

export interface CorpusFile {
  name: string;
  bytes: Buffer;
}

export function corpusFiles(): CorpusFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(json|ya?ml)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: relative(folder, path), bytes: readFileSync(path) }));
}

export const noCorpus = 'skipped: there are no community files in ../shared/eggs beside the repository';
