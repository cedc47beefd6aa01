import { join } from 'node:path';
import type { PanelCore } from '../../core.ts';
import { catalogue } from './catalogue.ts';
import { readTemplateFolder } from './template-folder.ts';
import { registerTemplateRoutes } from './templates.routes.ts';
import { Templates } from './templates.service.ts';

export async function registerTemplates(core: PanelCore, given: Templates | undefined): Promise<Templates> {
  const templates = given ?? (await knownTemplates(core));
  registerTemplateRoutes(core.http, templates);
  return templates;
}

/** The catalogue, and what the machine's administrator has added. */
async function knownTemplates({ config, log }: PanelCore): Promise<Templates> {
  const folder = join(config.dataDir, 'panel', 'templates');
  const added = await readTemplateFolder(folder, catalogue, log.child({ part: 'templates' }));
  return new Templates([...catalogue, ...added]);
}
