import { Template } from '@catalyst/shared/features/templates';
import { armagetron } from './catalogue/armagetron.ts';
import { bzflag } from './catalogue/bzflag.ts';
import { freeciv } from './catalogue/freeciv.ts';
import { luanti } from './catalogue/luanti.ts';
import { minecraftJs } from './catalogue/minecraft-js.ts';
import { mumble } from './catalogue/mumble.ts';
import { openttd } from './catalogue/openttd.ts';
import { teeworlds } from './catalogue/teeworlds.ts';
import { wesnoth } from './catalogue/wesnoth.ts';
import { checkTemplate } from './check-template.ts';

const entries = [minecraftJs, openttd, luanti, teeworlds, bzflag, armagetron, wesnoth, mumble, freeciv];

/** The games that come with the panel; a mistake in one shows at start, not at somebody's first server. */
export const catalogue: readonly Template[] = entries.map((entry) => {
  const template = Template.parse(entry);
  checkTemplate(template);
  return template;
});
