import type { ConfigFile } from '@catalyst/shared/features/config-files';
import type { Rewrite } from '../config-edit.ts';
import { fillEdits } from '../fill-edits.ts';

/** What a parser makes of a text, and the places it left out. */
export function rewriteWith(rewrite: Rewrite, parser: ConfigFile['parser']) {
  return (text: string, find: ConfigFile['find']): { text: string; skipped: string[] } => {
    const skipped: string[] = [];
    const edits = fillEdits({ path: 'x', parser, find }, () => undefined);
    return { text: rewrite(text, edits, (place) => skipped.push(place)), skipped };
  };
}

/** Name of the case, the text before, what to find, the text after, and the places left out. */
export type Case = [string, string, ConfigFile['find'], string, string[]?];
