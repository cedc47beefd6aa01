import { posix } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import type { ConfigFile } from '@catalyst/shared/features/config-files';
import { type ConfigPlaceholders, fillConfigText } from '@catalyst/shared/features/config-placeholders';
import type { ServerDirectory } from '../files/server-directory.ts';
import { fillEdits } from './fill-edits.ts';
import type { RewriteResult } from './rewrite-config.ts';
import { Rewriter } from './rewriter.ts';

const mostBytes = 8 * 1024 * 1024;
const mostSkippedTold = 5;

interface ApplyParts {
  files: readonly ConfigFile[];
  placeholders: ConfigPlaceholders;
  directory: ServerDirectory;
  /** Sentences for the console; they name files and places, never values. */
  say(text: string): void;
}

/**
 * Brings the files of a game in line with its settings. A file that cannot be is left as it is and said so: the game may
 * do without. Rejects only when the signal comes, or for a bug.
 */
export async function applyConfigFiles(parts: ApplyParts, signal?: AbortSignal): Promise<void> {
  const { files, placeholders, say } = parts;
  if (files.length === 0) return;
  await using rewriter = new Rewriter();
  const written: string[] = [];
  for (const file of files) {
    const path = fillConfigText(file.path, placeholders);
    const shown = shownPath(path);
    try {
      if (await applyOne(parts, { file, path, shown, rewriter }, signal)) written.push(shown);
    } catch (error) {
      if (signal?.aborted || !(error instanceof AppError)) throw error;
      say(`${shown} was not brought in line with the settings. ${asSentence(error.message)}`);
    }
  }
  if (written.length > 0) say(`Wrote the settings to ${written.join(', ')}.`);
}

/** What a file holds and would be given; null where that is the same. */
export interface PlannedFile {
  path: string;
  before: Uint8Array | null;
  after: Uint8Array | null;
  /** Why it stays as it is, or what in it does. */
  notes: string[];
}

/** What `applyConfigFiles` would do, without doing it. Rejects only when the signal comes, or for a bug. */
export async function planConfigFiles(
  parts: Omit<ApplyParts, 'say'>,
  signal?: AbortSignal,
): Promise<PlannedFile[]> {
  await using rewriter = new Rewriter();
  const planned: PlannedFile[] = [];
  for (const file of parts.files) {
    const path = fillConfigText(file.path, parts.placeholders);
    const notes: string[] = [];
    const say = (text: string) => notes.push(text);
    try {
      const plan = await planOne({ ...parts, say }, { file, path, shown: shownPath(path), rewriter }, signal);
      planned.push({ path, ...plan, notes });
    } catch (error) {
      if (signal?.aborted || !(error instanceof AppError)) throw error;
      planned.push({ path, before: null, after: null, notes: [asSentence(error.message)] });
    }
  }
  return planned;
}

const shownPath = (path: string) => path.replace(/\p{Cc}/gu, '?');

interface Place {
  file: ConfigFile;
  path: string;
  shown: string;
  rewriter: Rewriter;
}

/** Whether the file was written. */
async function applyOne(parts: ApplyParts, place: Place, signal?: AbortSignal): Promise<boolean> {
  const { directory } = parts;
  const { path } = place;
  const { before, after } = await planOne(parts, place, signal);
  if (after === null) return false;
  const folder = posix.dirname(path.replace(/^\/+/, ''));
  if (before === null && folder !== '.') await directory.makeFolder(folder, { isRecursive: true });
  await directory.write(path, after, signal && { signal });
  return true;
}

async function planOne(
  { directory, placeholders, say }: ApplyParts,
  { file, path, shown, rewriter }: Place,
  signal?: AbortSignal,
): Promise<Pick<PlannedFile, 'before' | 'after'>> {
  const before = await readFile(directory, path, signal);
  if (before === null && file.createFile === false) return { before, after: null };
  const bytes = before ?? new Uint8Array();
  const result = await rewriter.rewrite(
    { parser: file.parser, bytes, edits: fillEdits(file, placeholders) },
    signal,
  );
  if ('unreadable' in result) {
    say(`${shown} was not brought in line with the settings. ${result.unreadable}`);
    return { before, after: null };
  }
  tellSkipped(shown, result, say);
  // The eggs count on a file of lines that is there, be it empty.
  const isMade = before === null && file.parser === 'file';
  if (result.bytes === null && !isMade) return { before, after: null };
  const after = result.bytes ?? bytes;
  if (after.length > mostBytes) throw tooLarge();
  return { before, after };
}

/** Null when it is not there. */
async function readFile(
  directory: ServerDirectory,
  path: string,
  signal?: AbortSignal,
): Promise<Uint8Array | null> {
  try {
    return await directory.read(path, mostBytes, signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'not_found') return null;
    throw error.code === 'payload_too_large' ? tooLarge() : error;
  }
}

function tellSkipped(
  shown: string,
  { skipped }: Exclude<RewriteResult, { unreadable: string }>,
  say: (text: string) => void,
): void {
  for (const { place, why } of skipped.slice(0, mostSkippedTold)) {
    say(`${shown}: ${place.replace(/\p{Cc}/gu, '?')} was not set, since ${why}.`);
  }
  if (skipped.length > mostSkippedTold) {
    say(`${shown}: ${skipped.length - mostSkippedTold} more places were not set.`);
  }
}

const tooLarge = () =>
  new AppError(
    'payload_too_large',
    `It has more than ${mostBytes / 1024 / 1024} MB, too much for a settings file.`,
  );

const asSentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
