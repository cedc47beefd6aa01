import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../logger.ts';
import { catalogue } from './catalogue.ts';
import { readTemplateFolder } from './template-folder.ts';

const log = createLogger('silent');
const valid = { ...catalogue[0], id: 'mine', name: 'Mine' };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catalyst-templates-'));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, content: unknown) =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

it('reads templates and leaves out what is none', async () => {
  await put('a.json', valid);
  await put('broken.json', '{');
  await put('unknown-field.json', { ...valid, id: 'other', privileged: true });
  await put('unknown-placeholder.json', { ...valid, id: 'third', startup: { argv: ['{{SECRET}}'] } });
  await put('notes.txt', 'not a template');
  expect(await readTemplateFolder(folder, catalogue, log)).toEqual([valid]);
});

it('never replaces one that exists', async () => {
  await put('a.json', valid);
  await put('b.json', { ...valid, name: 'Again' });
  await put('c.json', { ...valid, id: catalogue[0]?.id });
  expect((await readTemplateFolder(folder, catalogue, log)).map(({ name }) => name)).toEqual(['Mine']);
});

it('is empty without a folder', async () => {
  expect(await readTemplateFolder(join(folder, 'absent'), catalogue, log)).toEqual([]);
});
