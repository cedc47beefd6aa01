import { isDeepStrictEqual } from 'node:util';
import type { Template } from '@catalyst/shared/features/templates';
import { stringify } from 'yaml';
import { shellWord } from '../shell-word.ts';
import { decodeConfig } from './egg-document.ts';
import { eggToTemplate } from './egg-to-template.ts';
import { mergeVariables } from './egg-variables.ts';
import { isObject, type JsonObject, type JsonValue } from './json-value.ts';
import type { EggSource } from './read-egg.ts';

/**
 * A template in the community's format. One that was imported is the document it came from, in which only what has been
 * changed since is written anew; so nothing is lost, not even what we do not know.
 */
export function templateToEgg(template: Template, source: EggSource | null): JsonObject {
  const before = source && eggToTemplate(source, template).template;
  const document = source ? structuredClone(source.document) : emptyEgg(template);
  const target: Target = {
    document,
    before,
    isPelican: String(part(document, 'meta').version).startsWith('PLCN'),
  };
  for (const [fields, write] of parts) {
    const isSame = before && fields.every((field) => isDeepStrictEqual(before[field], template[field]));
    if (!isSame) write(template, target);
  }
  return document;
}

/** As text; indented as the community does it. */
export function printEgg(document: JsonObject, encoding: EggSource['encoding']): string {
  if (encoding === 'json') return `${JSON.stringify(document, null, 4)}\n`;
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false, schema: 'core' });
}

interface Target {
  document: JsonObject;
  /** What the document says by itself; null for one that is made here. */
  before: Template | null;
  isPelican: boolean;
}
type Write = (template: Template, target: Target) => void;

const parts: readonly (readonly [fields: readonly (keyof Template)[], write: Write])[] = [
  [['name'], ({ name }, { document }) => set(document, 'name', name)],
  [['author'], ({ author }, { document }) => set(document, 'author', author)],
  [['description'], ({ description }, { document }) => set(document, 'description', description)],
  [['tags'], ({ tags }, { document, isPelican }) => isPelican && set(document, 'tags', tags)],
  [
    ['features'],
    ({ features }, { document }) => set(document, 'features', features.length > 0 ? features : null),
  ],
  [['fileDenylist'], ({ fileDenylist }, { document }) => set(document, 'file_denylist', fileDenylist)],
  [['updateUrl'], ({ updateUrl }, { document }) => set(part(document, 'meta'), 'update_url', updateUrl)],
  [['images'], writeImages],
  [['startup'], writeStartup],
  [['variables'], writeVariables],
  [['done'], writeDone],
  [['stop'], ({ stop }, { document }) => set(part(document, 'config'), 'stop', stopText(stop))],
  [['configFiles'], writeConfigFiles],
  [['install'], writeInstall],
];

function writeImages({ images }: Template, { document }: Target): void {
  delete document.images;
  if (typeof document.image === 'string' && !document.image.startsWith('data:')) delete document.image;
  document.docker_images = images;
}

function writeStartup({ startup }: Template, { document }: Target): void {
  const lines = 'shell' in startup ? startup.shell : { Default: startup.argv.map(shellWord).join(' ') };
  if (isObject(document.startup_commands)) document.startup_commands = lines;
  else document.startup = Object.values(lines)[0] ?? '';
}

function writeVariables({ variables }: Template, { document, before, isPelican }: Target): void {
  const originals = Array.isArray(document.variables) ? document.variables : [];
  document.variables = mergeVariables(originals, before?.variables ?? [], variables, isPelican);
}

function textsOf(done: Template['done']): string[] {
  if (done.kind === 'port' || done.kind === 'query') return [''];
  if (done.kind === 'line') return [done.contains];
  return [...done.anyOf, ...done.matching.map((pattern) => `regex:${pattern}`)];
}

function writeDone({ done }: Template, { document }: Target): void {
  const texts = textsOf(done);
  writeConfig(document, 'startup', (startup) => ({
    ...startup,
    done: texts.length === 1 ? (texts[0] as string) : texts,
  }));
}

function writeConfigFiles({ configFiles }: Template, { document }: Target): void {
  writeConfig(document, 'files', (files) =>
    Object.fromEntries(
      configFiles.map(({ path, parser, find, createFile }) => {
        const former = files[path];
        const made: JsonObject = createFile === undefined ? {} : { create_file: createFile };
        return [path, { ...(isObject(former) && former), parser, find: find as JsonObject, ...made }];
      }),
    ),
  );
}

function writeInstall({ install: { script } }: Template, { document }: Target): void {
  const installation = part(part(document, 'scripts'), 'installation');
  Object.assign(installation, {
    script: script?.content ?? '',
    container: script?.image ?? '',
    entrypoint: script?.entrypoint ?? '',
  });
}

/** A part of `config` is text or an object, and stays what it was. */
function writeConfig(document: JsonObject, name: string, change: (value: JsonObject) => JsonObject): void {
  const config = part(document, 'config');
  const changed = change(decodeConfig(config[name], name));
  config[name] = typeof config[name] === 'string' ? JSON.stringify(changed, null, 4) : changed;
}

function stopText(stop: Template['stop']): string {
  if (stop.kind === 'command') return stop.command;
  return stop.signal === 'SIGINT' ? '^C' : `^${stop.signal}`;
}

function part(document: JsonObject, name: string): JsonObject {
  const found = document[name];
  if (isObject(found)) return found;
  const made: JsonObject = {};
  document[name] = made;
  return made;
}

function set(document: JsonObject, name: string, value: JsonValue): void {
  document[name] = value;
}

/** What every document has, before anything is written into it. */
function emptyEgg({ name }: Template): JsonObject {
  return {
    _comment: 'Exported by Catalyst',
    meta: { version: 'PTDL_v2', update_url: null },
    exported_at: new Date().toISOString(),
    name,
    author: '',
    description: '',
    features: null,
    docker_images: {},
    file_denylist: [],
    startup: '',
    config: { files: '{}', startup: '{}', logs: '{}', stop: '' },
    scripts: { installation: { script: '', container: '', entrypoint: '' } },
    variables: [],
  };
}
