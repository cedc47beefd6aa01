import { expect, it } from 'vitest';
import { exampleEntry } from './example-entry.ts';
import { commandsFor } from './file-commands.ts';

const all = { mayWrite: true, mayDelete: true };
const file = exampleEntry({ name: 'a.yml' });
const folder = exampleEntry({ name: 'world', type: 'folder' });
const archive = exampleEntry({ name: 'world.tar.gz' });
const link = exampleEntry({ name: 'latest', type: 'link', leadsTo: 'file' });

it.each([
  ['a file', [file], 'open download rename cut copy move compress permissions copyPath delete'],
  ['a folder', [folder], 'open download rename cut copy move compress permissions copyPath delete'],
  ['a link to a file', [link], 'open download rename cut copy move compress copyPath delete'],
  ['several files', [file, file], 'download cut copy move compress permissions delete'],
  ['files and folders', [file, folder], 'download cut copy move compress permissions delete'],
  ['a pipe', [exampleEntry({ type: 'fifo' })], 'rename cut copy move compress permissions copyPath delete'],
  [
    'an archive',
    [archive],
    'open download rename cut copy move compress extract permissions copyPath delete',
  ],
  ['nothing', [], ''],
])('offers for %s what can be done with it', (_, picked, expected) => {
  expect(commandsFor(picked, all, false).join(' ')).toBe(expected);
});

it('pastes into the folder, when there is something to paste', () => {
  expect(commandsFor([], all, true)).toEqual(['paste']);
});

it('changes nothing for those who may only read, and deletes nothing for those who may not', () => {
  expect(commandsFor([file], { mayWrite: false, mayDelete: false }, true)).toEqual([
    'open',
    'download',
    'copyPath',
  ]);
  expect(commandsFor([file], { mayWrite: true, mayDelete: false }, true)).not.toContain('delete');
});
