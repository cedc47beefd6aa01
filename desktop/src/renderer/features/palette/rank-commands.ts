export type CommandGroup = 'server' | 'power' | 'node' | 'page' | 'setting' | 'action';

export interface Command {
  id: string;
  group: CommandGroup;
  title: string;
  /** Quieter, beside the title; searched too. */
  detail?: string;
  /** Also found by these words. */
  words?: string;
}

const groupOrder: CommandGroup[] = ['server', 'power', 'node', 'page', 'action', 'setting'];
/** Without a text: places to go to, not everything that could be done. */
const shownAtRest = new Set<CommandGroup>(['server', 'page', 'action']);
const shownServersAtRest = 6;

/** The commands that match every word, the best first, in groups; at most `limit`. */
export function rankCommands<C extends Command>(commands: readonly C[], text: string, limit = 40): C[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return atRest(commands).slice(0, limit);
  const scored = commands
    .map((command) => ({ command, score: scoreOf(command, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.command.title.localeCompare(b.command.title))
    .slice(0, limit);
  // A group stands where its best member does, so that what was meant is at the top and groups stay whole.
  const order = [...new Set(scored.map(({ command }) => command.group))];
  return order.flatMap((group) =>
    scored.filter(({ command }) => command.group === group).map(({ command }) => command),
  );
}

function atRest<C extends Command>(commands: readonly C[]): C[] {
  return groupOrder
    .filter((group) => shownAtRest.has(group))
    .flatMap((group) => {
      const own = commands.filter((command) => command.group === group);
      return group === 'server' ? own.slice(0, shownServersAtRest) : own;
    });
}

/** Beginnings of words count more than their middles, titles more than details; all words must occur. */
function scoreOf({ title, detail = '', words: more = '' }: Command, words: readonly string[]): number {
  const name = title.toLowerCase();
  const rest = `${detail} ${more}`.toLowerCase();
  let score = name === words.join(' ') ? 20 : 0;
  for (const word of words) {
    if (name.startsWith(word)) score += 10;
    else if (startsAWord(name, word)) score += 7;
    else if (name.includes(word)) score += 4;
    else if (startsAWord(rest, word)) score += 2;
    else if (rest.includes(word)) score += 1;
    else return 0;
  }
  return score;
}

function startsAWord(text: string, word: string): boolean {
  const at = text.indexOf(word);
  return at === 0 || text.includes(` ${word}`) || text.includes(`-${word}`);
}
