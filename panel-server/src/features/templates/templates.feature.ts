import { join } from 'node:path';
import type { PanelCore } from '../../core.ts';
import { catalogue } from './catalogue.ts';
import { OwnTemplates } from './own-templates.ts';
import { readTemplateFolder } from './template-folder.ts';
import { TemplateImports } from './template-imports.ts';
import { registerTemplateRoutes } from './templates.routes.ts';
import { Templates } from './templates.service.ts';

/** How soon a panel knows what was changed at another one. */
const lookEveryMs = 2000;

export async function registerTemplates(core: PanelCore, given: Templates | undefined): Promise<Templates> {
  const templates = given ?? (await knownTemplates(core));
  const own = new OwnTemplates(core.database, templates);
  await own.load();
  if (core.databaseKind === 'postgres') core.onClose(lookRegularly(core, own));
  const imports = new TemplateImports(templates, own, core.panelSettings);
  await registerTemplateRoutes(core.http, { templates, own, imports });
  return templates;
}

/** The catalogue, and what the machine's administrator has added. */
async function knownTemplates({ config, log }: PanelCore): Promise<Templates> {
  const folder = join(config.dataDir, 'panel', 'templates');
  const added = await readTemplateFolder(folder, catalogue, log.child({ part: 'templates' }));
  return new Templates([...catalogue, ...added]);
}

function lookRegularly({ log }: PanelCore, own: OwnTemplates): () => Promise<void> {
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = own
      .load()
      .catch((err: unknown) => log.warn({ err }, 'Templates of other panels could not be looked up'));
  }, lookEveryMs).unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
