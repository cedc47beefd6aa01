import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Template } from '@catalyst/shared/features/templates';
import type { Logger } from '../../logger.ts';
import { checkTemplate } from './check-template.ts';

/**
 * The templates an administrator of the machine put beside the catalogue, one JSON file each. A file that is no template
 * is logged and left out, and so is one whose id is taken.
 */
export async function readTemplateFolder(
  folder: string,
  catalogue: readonly Template[],
  log: Logger,
): Promise<Template[]> {
  const names = await readdir(folder).catch(() => []);
  const templates: Template[] = [];
  for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
    try {
      const template = Template.parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
      checkTemplate(template);
      if ([...catalogue, ...templates].some(({ id }) => id === template.id)) {
        throw new Error(`The id ${template.id} is taken`);
      }
      templates.push(template);
    } catch (err) {
      log.warn({ err, file: join(folder, name) }, 'A template file is left out');
    }
  }
  return templates;
}
