import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testPanel } from '../../testing/test-panel.ts';
import { installedServer } from '../../testing/test-servers.ts';

let test: TestPanel;
let agent: FakeAgent;
let id: string;
let params: { id: string };
beforeAll(async () => {
  test = await testPanel();
  agent = await FakeAgent.linked(test);
});
afterAll(async () => {
  agent.disconnect();
  await test.close();
});
beforeEach(async () => {
  ({ id } = await installedServer(test.admin, agent));
  params = { id };
});

const files = () => test.admin.api.files;

describe('several files', () => {
  it('are copied and moved into a folder; what is in the way is named', async () => {
    for (const path of ['a.jar', 'b.jar', 'mods/b.jar']) agent.files.put(id, path, path);
    agent.files.put(id, 'mods', null);
    const body = { paths: ['a.jar', 'b.jar'], to: 'mods' };
    await expect(files().move({ params, body })).rejects.toMatchObject({
      ...{ code: 'conflict', issues: [{ path: 'paths.1' }] },
    });
    await files().move({ params, body: { ...body, replace: true } });
    expect(agent.files.paths(id)).toEqual(['mods', 'mods/a.jar', 'mods/b.jar']);
    const copied = await files().copy({ params, body: { paths: ['mods'], newName: 'mods copy' } });
    expect(copied).toMatchObject({ copiedEntries: 3, skipped: [] });
    expect(agent.files.content(id, 'mods copy/a.jar')).toBe('a.jar');
    const { items } = await test.admin.api.audit.list({ query: { serverId: id, action: 'file.move' } });
    expect(items[0]).toMatchObject({ outcome: 'success', details: { paths: ['a.jar', 'b.jar'] } });
  });

  it('are refused by the panel when they, the folder or the new name are none', async () => {
    const refused = async (body: object) => {
      const error = await files()
        .copy({ params, body: { paths: ['a'], ...body } })
        .catch((thrown) => thrown);
      return [error.code, error.issues?.[0]?.path];
    };
    expect(await refused({ paths: [] })).toEqual(['invalid_input', 'paths']);
    expect(await refused({ paths: ['a', '../b'] })).toEqual(['bad_request', 'paths.1']);
    expect(await refused({ paths: ['/'] })).toEqual(['bad_request', 'paths.0']);
    expect(await refused({ to: 'a/..' })).toEqual(['bad_request', 'to']);
    expect(await refused({ to: 'a', toBase64: 'YQ==' })).toEqual(['bad_request', 'to']);
    for (const newName of ['a/b', '..', '', 'n'.repeat(256)]) {
      expect((await refused({ newName }))[1], newName).toBe('newName');
    }
    expect(await refused({ paths: ['a', 'b'], newName: 'c' })).toEqual(['bad_request', 'newName']);
  });
});

describe('a search', () => {
  it('finds names and lines, and says whether there may be more', async () => {
    agent.files.put(id, 'plugins/config.yml', 'one\nmotd: Hello');
    agent.files.put(id, Buffer.from('config\xff', 'latin1'), '');
    const byName = await files().search({ params, query: { name: 'config' } });
    expect(byName).toMatchObject({ endedBy: 'end', items: [{ pathBase64: 'Y29uZmln/w==' }, {}] });
    const byText = await files().search({ params, query: { path: 'plugins', text: 'motd', most: 1 } });
    expect(byText).toEqual({
      endedBy: 'matches',
      items: [{ path: 'config.yml', line: 2, text: 'motd: Hello' }],
    });
    for (const query of [{}, { name: 'a', text: 'b' }]) {
      expect(await codeOf(files().search({ params, query }))).toBe('bad_request');
    }
    expect(await codeOf(files().search({ params, query: { name: 'a', most: 1001 } }))).toBe('invalid_input');
  });
});

describe('a file', () => {
  it('has a checksum, a size on the disk, and a time that can be set', async () => {
    agent.files.put(id, 'a.txt', 'abc');
    const query = { path: 'a.txt' };
    expect(await files().checksum({ params, query: { ...query, algorithm: 'md5' } })).toEqual({
      ...{ algorithm: 'md5', hex: '900150983cd24fb0d6963f7d28e17f72', sizeBytes: 3 },
    });
    expect(await files().usage({ params })).toMatchObject({ fileCount: 1 });
    const modifiedAt = '2020-01-02T03:04:05.000Z';
    const set = await files().times({ params, body: { ...query, modifiedAt } });
    expect(set.modifiedAt).toEqual(new Date(modifiedAt));
  });
});
