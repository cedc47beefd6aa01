import { Template } from '@catalyst/shared/features/templates';
import { luanti } from './catalogue/luanti.ts';
import { minecraftJs } from './catalogue/minecraft-js.ts';
import { openttd } from './catalogue/openttd.ts';
import { checkTemplate } from './check-template.ts';

/** The games that come with the panel; a mistake in one shows at start, not at somebody's first server. */
export const catalogue: readonly Template[] = [minecraftJs, openttd, luanti].map((entry) => {
  const template = Template.parse(entry);
  checkTemplate(template);
  return template;
});
