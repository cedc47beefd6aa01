import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '@catalyst/shared/contract/errors';
import type {
  BulkImportResult,
  ImportedTemplate,
  RefreshedTemplate,
  SourceChange,
  Template,
} from '@catalyst/shared/features/templates';
import type { Caller } from '../../access.ts';
import { fetchPublished, guardedFetch } from '../../outbound/guarded-fetch.ts';
import type { PanelSettings } from '../settings/panel-settings.ts';
import { checkTemplate } from './check-template.ts';
import { eggToTemplate } from './eggs/egg-to-template.ts';
import { readEgg } from './eggs/read-egg.ts';
import { printEgg, templateToEgg } from './eggs/template-to-egg.ts';
import type { OwnTemplates, ReadTemplate } from './own-templates.ts';
import type { Templates } from './templates.service.ts';

/** Community files that become templates, and templates that become community files. */
export class TemplateImports {
  readonly #templates: Templates;
  readonly #own: OwnTemplates;
  readonly #settings: PanelSettings;

  constructor(templates: Templates, own: OwnTemplates, settings: PanelSettings) {
    this.#templates = templates;
    this.#own = own;
    this.#settings = settings;
  }

  /** A dry run says what would become of it, and keeps nothing. */
  async import(
    bytes: Uint8Array,
    { fileName = '', url = null, dryRun }: { fileName?: string; url?: string | null; dryRun: boolean },
    caller: Caller,
  ): Promise<ImportedTemplate> {
    const { report, ...read } = readImport(bytes, fileName, url);
    const [template] = dryRun ? this.#own.wouldBe([read]) : [await this.#own.add(read, caller)];
    return { dryRun, template: template as Template, report };
  }

  async importUrl(url: string, dryRun: boolean, caller: Caller): Promise<ImportedTemplate> {
    const bytes = await this.#fetch(url);
    return this.import(bytes, { fileName: new URL(url).pathname, url, dryRun }, caller);
  }

  /**
   * Takes over what its source says now. A part that was changed here since it was imported stays as it is here. Throws
   * `conflict` for a template that was not imported, or that does not say where it comes from.
   */
  async refresh(id: string, dryRun: boolean, caller: Caller): Promise<RefreshedTemplate> {
    const template = this.#templates.get(id);
    const egg = await this.#own.eggOf(id);
    if (!egg) throw new AppError('conflict', `${template.name} was not imported`);
    const { updateUrl, version } = template;
    if (updateUrl === null)
      throw new AppError('conflict', `${template.name} does not say where it comes from`);
    const source = readEgg(await this.#fetch(updateUrl), new URL(updateUrl).pathname);
    const imported = eggToTemplate(egg, { id }).template;
    const { template: newest, report } = eggToTemplate(source, { id });
    const { changes, parts } = whatIsNew(imported, newest, template);
    checkTemplate({ ...template, ...parts });
    if (dryRun) return { dryRun, template: { ...template, ...parts }, report, changes };
    const updated = await this.#own.update(id, { ...parts, version }, caller, source);
    return { dryRun, template: updated, report, changes };
  }

  async #fetch(url: string): Promise<Uint8Array> {
    if (!URL.canParse(url)) throw new AppError('invalid_input', `${url} is not an address on the web`);
    return fetchPublished(guardedFetch(await this.#settings.read('allowedNetworks')), url);
  }

  /** What one of them lacks does not keep the others out. */
  async importMany(
    files: readonly { fileName: string; content: string }[],
    dryRun: boolean,
    caller: Caller,
  ): Promise<BulkImportResult[]> {
    const results: BulkImportResult[] = [];
    const good: { read: ReadTemplate; result: BulkImportResult }[] = [];
    for (const { fileName, content } of files) {
      // Others are answered in between.
      await setImmediate();
      try {
        const { report, ...read } = readImport(Buffer.from(content), fileName);
        const { id, name } = read.template;
        const result = { fileName, template: { id, name }, report, error: null };
        good.push({ read, result });
        results.push(result);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const { message, issues = [] } = error;
        results.push({ fileName, template: null, report: null, error: { message, issues: [...issues] } });
      }
    }
    const reads = good.map(({ read }) => read);
    const templates = dryRun ? this.#own.wouldBe(reads) : await this.#own.addAll(reads, caller);
    for (const [index, { id, name }] of templates.entries()) {
      (good[index] as (typeof good)[number]).result.template = { id, name };
    }
    return results;
  }

  async export(id: string, encoding: 'json' | 'yaml'): Promise<string> {
    const template = this.#templates.get(id);
    return printEgg(templateToEgg(template, await this.#own.eggOf(id)), encoding);
  }
}

function readImport(
  bytes: Uint8Array,
  fileName: string,
  url: string | null = null,
): ReadTemplate & Pick<ImportedTemplate, 'report'> {
  if (bytes.length === 0) throw new AppError('bad_request', 'The body of the request must be the file');
  const egg = readEgg(bytes, fileName);
  const { template: read, report } = eggToTemplate(egg, { id: 'imported' });
  const template = { ...read, updateUrl: read.updateUrl ?? url };
  checkTemplate(template);
  return { template, egg, report };
}

/** Says nothing of what a file has no word for. */
function whatIsNew(
  before: Template,
  after: Template,
  here: Template,
): { changes: SourceChange[]; parts: Partial<Template> } {
  const changes: SourceChange[] = [];
  const parts: Partial<Template> = {};
  for (const part of Object.keys(after) as (keyof Template)[]) {
    if (['id', 'version', 'format', 'origin', 'defaults'].includes(part)) continue;
    if (isDeepStrictEqual(before[part], after[part]) || isDeepStrictEqual(here[part], after[part])) continue;
    const outcome = isDeepStrictEqual(before[part], here[part]) ? 'taken' : 'kept';
    changes.push({ part, outcome, before: here[part], after: after[part] });
    if (outcome === 'taken') Object.assign(parts, { [part]: after[part] });
  }
  return { changes, parts };
}
