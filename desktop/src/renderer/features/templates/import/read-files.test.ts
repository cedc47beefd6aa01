import { expect, it } from 'vitest';
import { isTemplateFile, readFiles } from './read-files.ts';

const read = async (content: BlobPart, name = 'egg.json') => {
  const [entry] = await readFiles([{ name, file: new File([content], name) }]);
  return entry;
};

it.each(['a.json', 'b.YAML', 'folder.d/c.yml'])('takes %s for a template', (name) => {
  expect(isTemplateFile(name)).toBe(true);
});
it.each(['readme.md', 'json', 'a.json.bak'])('leaves %s out', (name) => {
  expect(isTemplateFile(name)).toBe(false);
});

it('reads text, without the mark some editors put in front of it', async () => {
  expect(await read('\uFEFF{ "name": "Ärger" }')).toMatchObject({
    state: 'waiting',
    content: '{ "name": "Ärger" }',
    error: null,
  });
});

it.each([
  [new Uint8Array([0xff, 0xfe, 0x00]), 'The file is not text in UTF-8'],
  ['x'.repeat(1_048_577), 'A template has at most 1 MiB'],
])('says why a file is not sent', async (content, message) => {
  expect(await read(content)).toMatchObject({ state: 'refused', content: '', error: { message } });
});

it('keeps the end of a path that is too long to be sent', async () => {
  const { fileName } = (await read('{}', `${'folder/'.repeat(60)}egg-rust.json`)) ?? {};
  expect(fileName).toHaveLength(255);
  expect(fileName).toMatch(/egg-rust\.json$/);
});

it('tells files apart that have the same name', async () => {
  const file = new File(['{}'], 'egg.json');
  const entries = await readFiles([
    { name: 'egg.json', file },
    { name: 'egg.json', file },
  ]);
  expect(new Set(entries.map(({ key }) => key)).size).toBe(2);
});
