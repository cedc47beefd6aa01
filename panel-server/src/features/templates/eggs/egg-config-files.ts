import { ConfigFile, type ConfigParser, mostConfigFiles } from '@catalyst/shared/features/config-files';
import type { ImportNotes } from './import-notes.ts';
import { isObject, type JsonObject } from './json-value.ts';

const parsers: Record<string, ConfigParser> = Object.assign(Object.create(null), {
  ...{ file: 'file', properties: 'properties', ini: 'ini', json: 'json' },
  ...{ yaml: 'yaml', yml: 'yaml', xml: 'xml', toml: 'toml' },
});

/** What of the daemon a file may name; all else that starts with `config.` would be a secret. */
const allowedOfDaemon = new Set(['config.docker.interface', 'config.docker.network.interface']);

export function toConfigFiles(files: JsonObject, notes: ImportNotes): ConfigFile[] {
  const known: ConfigFile[] = [];
  for (const [path, file] of Object.entries(files)) {
    const where = `config.files.${path}`;
    const parser = isObject(file) ? parsers[String(file.parser)] : undefined;
    if (!isObject(file) || parser === undefined || path === '' || path.length > 1024) {
      notes.refused(where, 'names no way of reading it that we know');
      continue;
    }
    const find = isObject(file.find) ? file.find : {};
    const createFile = typeof file.create_file === 'boolean' ? { createFile: file.create_file } : {};
    const read = ConfigFile.safeParse({ path, parser, find, ...createFile });
    if (!read.success) {
      notes.refused(where, read.error.issues[0]?.message ?? 'is not what can be written to a file');
      continue;
    }
    notePlaceholders(find, where, notes);
    known.push(read.data);
  }
  if (known.length > mostConfigFiles) {
    notes.refused('config.files', `has more than ${mostConfigFiles} files`);
  }
  notes.understood('config.files', `${known.length} files`);
  return known.slice(0, mostConfigFiles);
}

function notePlaceholders(find: JsonObject, where: string, notes: ImportNotes): void {
  for (const [, name = ''] of JSON.stringify(find).matchAll(/\{\{\s*([\w.-]*)\s*\}\}/g)) {
    if (!name.startsWith('config.') || allowedOfDaemon.has(name)) continue;
    notes.refused(where, `{{${name}}} is about the node and stays empty`);
  }
}
