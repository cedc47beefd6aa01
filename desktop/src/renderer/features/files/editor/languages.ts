import { StreamLanguage, type StreamParser } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { editorStrings as strings } from './strings.ts';

export interface FileLanguage {
  name: string;
  /** Read when it is first needed. */
  load: () => Promise<Extension>;
}

const mode = (name: string, read: () => Promise<StreamParser<unknown>>): FileLanguage => ({
  name,
  load: async () => StreamLanguage.define(await read()),
});

const properties = () => import('@codemirror/legacy-modes/mode/properties').then((m) => m.properties);

const plain: FileLanguage = { name: strings.plainText, load: async () => [] };

/** What games and their mods are configured and written with, by the ends of names. */
const byEnding: [pattern: RegExp, language: FileLanguage][] = [
  [/\.(properties|lang)$/, mode('Properties', properties)],
  [/\.(ini|cfg|conf|cnf|env|service)$|^\.env/, mode('INI', properties)],
  [/\.ya?ml$/, mode('YAML', () => import('@codemirror/legacy-modes/mode/yaml').then((m) => m.yaml))],
  [
    /\.(json5?|jsonc|mcmeta|webmanifest)$/,
    mode('JSON', () => import('@codemirror/legacy-modes/mode/javascript').then((m) => m.json)),
  ],
  [/\.toml$/, mode('TOML', () => import('@codemirror/legacy-modes/mode/toml').then((m) => m.toml))],
  [/\.(xml|html?|svg)$/, mode('XML', () => import('@codemirror/legacy-modes/mode/xml').then((m) => m.xml))],
  [/\.lua$/, mode('Lua', () => import('@codemirror/legacy-modes/mode/lua').then((m) => m.lua))],
  [
    /\.([cm]?js|ts)$/,
    mode('JavaScript', () => import('@codemirror/legacy-modes/mode/javascript').then((m) => m.javascript)),
  ],
  [
    /\.(sh|bash)$|^\.(profile|bashrc)$/,
    mode('Shell', () => import('@codemirror/legacy-modes/mode/shell').then((m) => m.shell)),
  ],
  [/\.py$/, mode('Python', () => import('@codemirror/legacy-modes/mode/python').then((m) => m.python))],
  [/\.sql$/, mode('SQL', () => import('@codemirror/legacy-modes/mode/sql').then((m) => m.standardSQL))],
  [
    /\.(md|markdown)$/,
    { name: 'Markdown', load: () => import('@codemirror/lang-markdown').then((m) => m.markdown()) },
  ],
  [/\.log(\.\d+)?$/, { ...plain, name: 'Log' }],
];

export function languageOf(fileName: string): FileLanguage {
  // A file that was put aside still is what it was.
  const name = fileName.toLowerCase().replace(/\.(bak|old|orig|example|default|dist)$/, '');
  return byEnding.find(([pattern]) => pattern.test(name))?.[1] ?? plain;
}
