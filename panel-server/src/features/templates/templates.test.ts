import { Template } from '@catalyst/shared/features/templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { testTemplates } from '../../testing/test-template.ts';
import { catalogue } from './catalogue.ts';
import { Templates } from './templates.service.ts';

describe.each(testDatabases)('templates on %s', (database) => {
  let panel: TestPanel;

  beforeAll(async () => {
    panel = await testPanel({ database, options: { templates: testTemplates() } });
  });
  afterAll(() => panel.close());

  it('are shown to everybody who is signed in, in pages', async () => {
    const { templates } = panel.user.api;
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await templates.list({ query: { limit: 3, cursor } });
      expect(page.items.length).toBeLessThanOrEqual(3);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids).toEqual(expect.arrayContaining(['luanti', 'minecraft-js', 'openttd', 'test-game']));
    for (const cursor of ['', 'Open TTD', 'nul\0'])
      await expect(templates.list({ query: { cursor } })).rejects.toMatchObject({ code: 'invalid_input' });
    const one = await templates.get({ params: { id: 'openttd' } });
    expect(Template.parse(one)).toEqual(one);
    await expect(templates.get({ params: { id: 'nope' } })).rejects.toMatchObject({ code: 'not_found' });
    await expect(panel.anonymous.templates.list()).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

it('a game that a newer panel brings does not take the place of one that was there', () => {
  const [builtIn] = catalogue as [Template];
  const own: Template = { ...builtIn, name: 'Mine', origin: 'own' };
  const templates = new Templates(catalogue);
  templates.setOwn([own]);
  expect(templates.get(own.id)).toEqual(own);
  expect(templates.list({ limit: 100 }).items.filter(({ id }) => id === own.id)).toEqual([own]);
  templates.removeOwn(own.id);
  expect(templates.get(own.id)).toEqual(builtIn);
});
