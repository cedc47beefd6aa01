import { expect, it } from 'vitest';
import { type Command, rankCommands } from './rank-commands.ts';

const commands: Command[] = [
  { id: '1', group: 'server', title: 'Survival', detail: 'Minecraft · attic' },
  { id: '2', group: 'server', title: 'Creative survival', detail: 'Minecraft · cellar' },
  { id: '3', group: 'power', title: 'Stop Survival', detail: 'Minecraft' },
  { id: '4', group: 'power', title: 'Restart Survival', detail: 'Minecraft' },
  { id: '5', group: 'node', title: 'attic', detail: '192.0.2.4' },
  { id: '6', group: 'page', title: 'Settings' },
  { id: '7', group: 'setting', title: 'Theme: Dark', words: 'night appearance' },
];
const ids = (text: string) => rankCommands(commands, text).map(({ id }) => id);

it('puts the name that begins so before the one that holds it', () => {
  expect(ids('surv').slice(0, 2)).toEqual(['1', '2']);
});

it('finds a power action by verb and name', () => {
  expect(ids('stop surv')).toEqual(['3']);
  expect(ids('restart survival')).toEqual(['4']);
});

it('finds what is said beside the name, after what is said in it', () => {
  expect(ids('attic')).toEqual(['5', '1']);
  expect(ids('night')).toEqual(['7']);
});

it('keeps groups together', () => {
  const groups = rankCommands(commands, 's').map(({ group }) => group);
  expect(groups).toEqual([...groups].sort((a, b) => groups.indexOf(a) - groups.indexOf(b)));
});

it('finds nothing when one word does not occur', () => {
  expect(ids('survival moon')).toEqual([]);
});

it('shows places when nothing is typed, and only some servers', () => {
  const many = Array.from(
    { length: 50 },
    (_, n): Command => ({ id: `s${n}`, group: 'server', title: `S${n}` }),
  );
  const shown = rankCommands([...commands, ...many], '');
  expect(shown.filter(({ group }) => group === 'server')).toHaveLength(6);
  expect(shown.some(({ group }) => group === 'power')).toBe(false);
});
