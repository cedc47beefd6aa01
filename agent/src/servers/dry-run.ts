import type { ConfigFilePlan } from '@catalyst/shared/features/config-files';
import { configPlaceholders } from '@catalyst/shared/features/config-placeholders';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import type { PlannedFile } from '../config-files/apply-config-files.ts';
import type { ServerParts } from './server-parts.ts';

/** Of all texts together as they are sent, so that they fit into one message. */
const mostBytes = 512 * 1024;
const mostBytesOfOne = 64 * 1024;
const mostNotes = 20;

/** What a start by this spec would make of the files that are brought in line with the settings. */
export async function dryRun(parts: ServerParts, spec: ServerSpec): Promise<ConfigFilePlan[]> {
  if (spec.configFiles.length === 0) return [];
  const { planConfigFiles } = await import('../config-files/apply-config-files.ts');
  const planned = await planConfigFiles({
    files: spec.configFiles,
    placeholders: configPlaceholders(spec, { interfaceAddress: await parts.interfaceAddress() }),
    directory: await parts.folder.open('refuse'),
  });
  let leftBytes = mostBytes;
  return planned.map((file) => {
    const texts = [shown(file.before), shown(file.after)];
    const bytes = Buffer.byteLength(JSON.stringify(texts));
    const fits = bytes <= leftBytes && texts.every((text) => text !== undefined);
    if (fits) leftBytes -= bytes;
    const notes = file.notes.map((note) => note.slice(0, 2000)).slice(0, mostNotes - 1);
    return {
      path: file.path,
      outcome: outcomeOf(file),
      before: fits ? (texts[0] ?? null) : null,
      after: fits ? (texts[1] ?? null) : null,
      notes: fits ? notes : [...notes, 'It is too long to be shown, or not a text.'],
    };
  });
}

/** Undefined for what cannot be shown. */
function shown(bytes: Uint8Array | null): string | null | undefined {
  if (bytes === null) return null;
  if (bytes.length > mostBytesOfOne || bytes.includes(0)) return undefined;
  return Buffer.from(bytes).toString('utf8');
}

function outcomeOf({ before, after }: PlannedFile): ConfigFilePlan['outcome'] {
  if (after === null) return 'unchanged';
  return before === null ? 'created' : 'changed';
}
