import { ImportReport } from '@catalyst/shared/features/template-import';
import { Template } from '@catalyst/shared/features/templates';
import { describe, expect, it } from 'vitest';
import { corpusFiles, noCorpus } from '../../../testing/egg-corpus.ts';
import { checkTemplate } from '../check-template.ts';
import { eggToTemplate } from './egg-to-template.ts';
import { isObject, type JsonObject, type JsonValue } from './json-value.ts';
import { readEgg } from './read-egg.ts';
import { printEgg, templateToEgg } from './template-to-egg.ts';

const files = corpusFiles();
const hasNone = files.length === 0;
if (hasNone) console.warn(noCorpus);

/** What must come out as it went in: fields that are encoded in text, line ends of scripts and the date aside. */
function comparable(document: JsonObject): JsonObject {
  const copy = structuredClone(document);
  delete copy.exported_at;
  const config = copy.config as JsonObject;
  for (const name of ['files', 'startup', 'logs']) {
    const value = config[name];
    if (typeof value === 'string') config[name] = value.trim() === '' ? '' : JSON.parse(value);
  }
  const installation = (copy.scripts as JsonObject).installation as JsonObject;
  installation.script = String(installation.script).replace(/\r\n?/g, '\n');
  return copy;
}

describe.skipIf(hasNone)('every community file', () => {
  it('is imported in time, and exported as it was, in either encoding', () => {
    const started = performance.now();
    const imported = files.map(({ name, bytes }) => {
      const source = readEgg(bytes, name);
      const { template, report } = eggToTemplate(source, { id: 'imported' });
      return { name, source, template, report };
    });
    const importMs = performance.now() - started;
    for (const { name, source, template, report } of imported) {
      expect(Template.parse(template), name).toEqual(template);
      expect(ImportReport.parse(report), name).toEqual(report);
      expect(() => checkTemplate(template), name).not.toThrow();
      const wanted = comparable(source.document);
      for (const encoding of ['json', 'yaml'] as const) {
        const text = printEgg(templateToEgg(template, source), encoding);
        const again = readEgg(Buffer.from(text), `egg.${encoding}`);
        expect(comparable(again.document), `${name} as ${encoding}`).toEqual(wanted);
      }
    }
    console.log(`${files.length} files imported in ${Math.round(importMs)} ms`);
    console.table(count(imported.map(({ source }) => source.document)));
    const outcomes = imported.flatMap(({ report }) => report.notes.map(({ outcome }) => outcome));
    console.table(tally(outcomes));
    const refused = imported.flatMap(({ report }) =>
      report.notes.filter(({ outcome }) => outcome === 'refused'),
    );
    console.table(tally(refused.map(({ path, message }) => `${path.replace(/\.\d+/g, '')}: ${message}`)));
    const portsOf = imported.flatMap(({ template }) => template.ports.map(({ variable }) => variable));
    console.table({
      'files with ports of variables': imported.filter(({ template }) => template.ports.length > 1).length,
      'most ports of a file': Math.max(...imported.map(({ template }) => template.ports.length)),
      ...tally(portsOf.filter((variable) => variable !== undefined)),
      ...tally(imported.flatMap(({ template }) => portSettings(template).map((name) => `setting ${name}`))),
    });
    expect(importMs).toBeLessThan(10_000);
  }, 60_000);
});

/** What is called a port and stayed a setting. */
function portSettings({ variables, ports }: Template): string[] {
  const names = variables.map(({ name }) => name).filter((name) => /PORT$/i.test(name));
  return names.filter((name) => !ports.some(({ variable }) => variable === name));
}

function count(documents: readonly JsonObject[]) {
  const found: string[] = [];
  for (const document of documents) {
    found.push(`version ${(document.meta as JsonObject).version}`);
    const config = comparable(document).config as JsonObject;
    for (const file of Object.values(isObject(config.files) ? config.files : {})) {
      found.push(`parser ${(file as JsonObject).parser}`);
    }
    for (const variable of (document.variables ?? []) as JsonObject[]) {
      const { rules } = eggRules(variable);
      found.push(...rules.map((rule) => `rule ${rule.split(':')[0]}`));
    }
    const text = JSON.stringify([config.files, document.startup ?? document.startup_commands]);
    for (const [, name = ''] of text.matchAll(/\{\{([\w.-]*)\}\}/g)) {
      found.push(
        `placeholder ${name.replace(/^((?:server\.build\.env|server\.environment|env)\.).*/, '$1X').replace(/^\w+$/, 'X')}`,
      );
    }
  }
  return tally(found);
}

const eggRules = ({ rules }: JsonObject) => ({
  rules: (Array.isArray(rules) ? rules : typeof rules === 'string' ? rules.split('|') : []) as string[],
});

function tally(words: readonly JsonValue[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(String(word), (counts.get(String(word)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
}
