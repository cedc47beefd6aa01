import { Template } from '@catalyst/shared/features/templates';
import { arkSurvivalEvolved } from './catalogue/ark.ts';
import { armaReforger } from './catalogue/arma-reforger.ts';
import { armagetron } from './catalogue/armagetron.ts';
import { barotrauma } from './catalogue/barotrauma.ts';
import { bzflag } from './catalogue/bzflag.ts';
import { dontStarveTogether } from './catalogue/dont-starve-together.ts';
import { factorio } from './catalogue/factorio.ts';
import { freeciv } from './catalogue/freeciv.ts';
import { luanti } from './catalogue/luanti.ts';
import { mindustry } from './catalogue/mindustry.ts';
import { minecraftBedrock } from './catalogue/minecraft-bedrock.ts';
import { minecraftFabric, minecraftJava, minecraftPaper } from './catalogue/minecraft-java.ts';
import { minecraftJs } from './catalogue/minecraft-js.ts';
import { mumble } from './catalogue/mumble.ts';
import { openttd } from './catalogue/openttd.ts';
import { palworld } from './catalogue/palworld.ts';
import { projectZomboid } from './catalogue/project-zomboid.ts';
import { rust } from './catalogue/rust.ts';
import { satisfactory } from './catalogue/satisfactory.ts';
import { sevenDaysToDie } from './catalogue/seven-days-to-die.ts';
import { counterStrike2, garrysMod, teamFortress2 } from './catalogue/source-games.ts';
import { teeworlds } from './catalogue/teeworlds.ts';
import { terraria } from './catalogue/terraria.ts';
import { unturned } from './catalogue/unturned.ts';
import { valheim } from './catalogue/valheim.ts';
import { velocity } from './catalogue/velocity.ts';
import { vintageStory } from './catalogue/vintage-story.ts';
import { wesnoth } from './catalogue/wesnoth.ts';
import { xonotic } from './catalogue/xonotic.ts';
import { checkTemplate } from './check-template.ts';

const processes = [minecraftJs, openttd, luanti, teeworlds, bzflag, armagetron, wesnoth, mumble, freeciv];

const containers = [
  minecraftJava,
  minecraftPaper,
  minecraftFabric,
  minecraftBedrock,
  velocity,
  terraria,
  factorio,
  valheim,
  rust,
  counterStrike2,
  garrysMod,
  teamFortress2,
  palworld,
  satisfactory,
  projectZomboid,
  dontStarveTogether,
  vintageStory,
  mindustry,
  xonotic,
  barotrauma,
  armaReforger,
  arkSurvivalEvolved,
  unturned,
  sevenDaysToDie,
];

/** The games that come with the panel; a mistake in one shows at start, not at somebody's first server. */
export const catalogue: readonly Template[] = [...processes, ...containers].map((entry) => {
  const template = Template.parse(entry);
  checkTemplate(template);
  return template;
});
