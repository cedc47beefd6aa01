import type { ConfigParser } from '@catalyst/shared/features/config-files';
import { type ConfigEdit, type Rewrite, UnreadableConfig } from './config-edit.ts';
import { decodeText } from './text-encoding.ts';

export interface RewriteJob {
  parser: ConfigParser;
  bytes: Uint8Array;
  edits: readonly ConfigEdit[];
}

export type RewriteResult =
  /** `bytes` is null when nothing changed. */
  { bytes: Uint8Array | null; skipped: { place: string; why: string }[] } | { unreadable: string };

/** Loads the parser that a file needs, and only that. */
export async function rewriteConfig({ parser, bytes, edits }: RewriteJob): Promise<RewriteResult> {
  const rewrite = await parsers[parser]();
  const skipped: { place: string; why: string }[] = [];
  try {
    const { text, encode } = decodeText(bytes);
    const changed = rewrite(text, edits, (place, why) => skipped.push({ place, why }));
    return { bytes: changed === text ? null : encode(changed), skipped };
  } catch (error) {
    if (error instanceof UnreadableConfig) return { unreadable: error.message };
    // As deep as the stack: none of the parsers counts what it has not read yet.
    if (error instanceof RangeError) return { unreadable: 'It is nested too deeply.' };
    throw error;
  }
}

const parsers: Record<ConfigParser, () => Promise<Rewrite>> = {
  file: async () => (await import('./file-lines.ts')).rewriteLines,
  properties: async () => (await import('./properties.ts')).rewriteProperties,
  ini: async () => (await import('./ini.ts')).rewriteIni,
  json: async () => (await import('./json.ts')).rewriteJson,
  yaml: async () => (await import('./yaml.ts')).rewriteYaml,
  xml: async () => (await import('./xml.ts')).rewriteXml,
  toml: async () => (await import('./toml.ts')).rewriteToml,
};
