import { AppError } from '@catalyst/shared/contract/errors';
import type { BulkImportResult, ImportedTemplate } from '@catalyst/shared/features/templates';
import type { Caller } from '../../access.ts';
import { checkTemplate } from './check-template.ts';
import { eggToTemplate } from './eggs/egg-to-template.ts';
import { readEgg } from './eggs/read-egg.ts';
import { printEgg, templateToEgg } from './eggs/template-to-egg.ts';
import type { OwnTemplates } from './own-templates.ts';
import { templateId } from './template-id.ts';
import type { Templates } from './templates.service.ts';

/** Community files that become templates, and templates that become community files. */
export class TemplateImports {
  readonly #templates: Templates;
  readonly #own: OwnTemplates;

  constructor(templates: Templates, own: OwnTemplates) {
    this.#templates = templates;
    this.#own = own;
  }

  /** A dry run says what would become of it, and keeps nothing. */
  async import(
    bytes: Uint8Array,
    { fileName = '', dryRun }: { fileName?: string; dryRun: boolean },
    caller: Caller,
  ): Promise<ImportedTemplate> {
    if (bytes.length === 0) throw new AppError('bad_request', 'The body of the request must be the file');
    const source = readEgg(bytes, fileName);
    const { template, report } = eggToTemplate(source, { id: 'imported' });
    checkImported(() => checkTemplate(template));
    const { name } = template;
    if (dryRun) {
      const id = templateId(name, (each) => this.#templates.find(each) !== undefined);
      return { dryRun, template: { ...template, id }, report };
    }
    const made = await this.#own.add((id) => ({ ...template, id }), source, name, caller);
    return { dryRun, template: made, report };
  }

  /** One after the other; each stands or falls by itself. */
  async importMany(
    files: readonly { fileName: string; content: string }[],
    dryRun: boolean,
    caller: Caller,
  ): Promise<BulkImportResult[]> {
    const results: BulkImportResult[] = [];
    for (const { fileName, content } of files) {
      try {
        const { template, report } = await this.import(Buffer.from(content), { fileName, dryRun }, caller);
        results.push({ fileName, template: { id: template.id, name: template.name }, report, error: null });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const { message, issues = [] } = error;
        results.push({ fileName, template: null, report: null, error: { message, issues: [...issues] } });
      }
    }
    return results;
  }

  async export(id: string, encoding: 'json' | 'yaml'): Promise<string> {
    const template = this.#templates.get(id);
    return printEgg(templateToEgg(template, await this.#own.eggOf(id)), encoding);
  }
}

function checkImported(check: () => void): void {
  try {
    check();
  } catch (cause) {
    throw new AppError('invalid_input', cause instanceof Error ? cause.message : 'cannot be used', { cause });
  }
}
