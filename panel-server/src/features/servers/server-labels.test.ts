import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { newServer } from '../../testing/test-servers.ts';

describe.each(testDatabases)('labels, search and favourites on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;

  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel);
  });
  afterAll(() => panel.close());

  const create = (more: object = {}) => panel.admin.api.servers.create({ body: newServer(agent, more) });
  const namesOf = async (query: object, { api } = panel.admin) =>
    (await api.servers.list({ query })).items.map(({ name }) => name).sort();

  it('keeps tags in lower case, group and notes, and gives them up again', async () => {
    const made = await create({ tags: ['EU', ' Vanilla '], group: 'Friends', notes: 'Ask Kim\nfirst' });
    const expected = { tags: ['eu', 'vanilla'], group: 'Friends', notes: 'Ask Kim\nfirst' };
    expect(made).toMatchObject(expected);
    const params = { id: made.id };
    expect(await panel.admin.api.servers.get({ params })).toMatchObject(expected);
    const body = { tags: [], group: null, notes: '' };
    expect(await panel.admin.api.servers.update({ params, body })).toMatchObject(body);
    expect(await panel.admin.api.servers.get({ params })).toMatchObject(body);
  });

  it('names the tags and groups of all servers that somebody sees, and of no others', async () => {
    const stranger = await panel.createUser('labels-stranger');
    await create({ tags: ['seen', 'twice'], group: 'Seen group' });
    const own = await create({ tags: ['twice', 'own'], group: 'Own group' });
    const all = await panel.admin.api.serverLabels.list();
    expect(all.tags).toEqual(expect.arrayContaining(['own', 'seen', 'twice']));
    expect(new Set(all.tags).size).toBe(all.tags.length);
    expect(all.groups).toEqual(expect.arrayContaining(['Own group', 'Seen group']));
    expect(await stranger.api.serverLabels.list()).toEqual({ tags: [], groups: [] });
    const { token } = await panel.admin.api.subusers.invite({
      params: { id: own.id },
      body: { permissions: ['console.read'] },
    });
    await stranger.api.subusers.acceptInvite({ params: { token } });
    const { tags, groups } = await stranger.api.serverLabels.list();
    expect({ tags: tags.sort(), groups }).toEqual({ tags: ['own', 'twice'], groups: ['Own group'] });
  });

  it.each([
    ['tags', 'must not contain a comma', ['a,b']],
    ['tags', 'names a tag twice', ['pvp', 'PvP']],
    ['tags', 'must be at most 32 characters', ['x'.repeat(33)]],
    ['tags', 'must be at most 20 tags', Array.from({ length: 21 }, (_, index) => `t${index}`)],
    ['group', 'must not be empty', ' '],
    ['notes', 'must be at most 4000 characters', 'x'.repeat(4001)],
  ])('refuses %s: %s', async (field, message, value) => {
    const body = { ...newServer(agent), [field]: value };
    const answer = await ask(panel, '/api/servers', { token: panel.admin.token, body });
    expect(answer.status).toBe(422);
    expect(answer.body.error.issues).toEqual([{ path: expect.stringMatching(`^${field}`), message }]);
  });

  it('finds by every word, wherever it is', async () => {
    const one = await create({
      name: 'Alpha 100%',
      description: 'Quiet evenings',
      tags: ['survival', 'hard core'],
      group: 'North wing',
      notes: 'unsearchable',
    });
    const two = await create({ name: 'Alphabet', templateId: 'openttd', tags: ['survival games'] });
    const finds = async (q: string) => {
      const { items } = await panel.admin.api.servers.list({ query: { q } });
      return items.map(({ id }) => id).filter((id) => id === one.id || id === two.id);
    };
    for (const q of [
      'alpha 100%',
      'EVENINGS',
      'hard north',
      'alpha minecraft',
      one.id,
      one.address,
      `:${one.primaryPort}`,
      String(one.primaryPort),
      'alpha minecraft-js admin',
    ]) {
      expect(await finds(q), q).toEqual([one.id]);
    }
    expect(await finds('alpha')).toEqual([two.id, one.id]);
    expect(await finds(`alpha 192.0.2.10 ${one.node.name}`)).toEqual([two.id, one.id]);
    for (const q of ['unsearchable', '%', 'alpha_', ',', `192.0.2.11:${one.primaryPort}`]) {
      expect(await finds(q), q).not.toContain(two.id);
    }
    expect(await finds('unsearchable')).toEqual([]);
    expect(await finds(`192.0.2.11:${one.primaryPort}`)).toEqual([]);
  });

  it('filters by a whole tag and by group', async () => {
    await create({ name: 'Tagged one', tags: ['co_op', 'eu'], group: 'Team 1' });
    await create({ name: 'Tagged two', tags: ['coxop'], group: 'Team 1' });
    await create({ name: 'Tagged three', tags: ['co_op_x'], group: 'team 1' });
    expect(await namesOf({ tag: 'CO_OP' })).toEqual(['Tagged one']);
    expect(await namesOf({ group: 'Team 1' })).toEqual(['Tagged one', 'Tagged two']);
    expect(await namesOf({ group: 'Team 1', tag: 'coxop' })).toEqual(['Tagged two']);
    expect(await namesOf({ tag: 'none' })).toEqual([]);
  });

  it('keeps favourites per person, of servers he may see, until the server is gone', async () => {
    const person = await panel.createUser(`keeper-${database}`);
    const { id } = await create({ name: 'Dear' });
    const params = { id };
    await panel.admin.api.favourites.add({ params });
    await panel.admin.api.favourites.add({ params });
    expect(await panel.admin.api.favourites.list({})).toEqual({ serverIds: [id] });
    expect(await person.api.favourites.list({})).toEqual({ serverIds: [] });
    await expect(person.api.favourites.add({ params })).rejects.toMatchObject({ code: 'not_found' });
    await panel.admin.api.favourites.remove({ params });
    await panel.admin.api.favourites.remove({ params });
    expect(await panel.admin.api.favourites.list({})).toEqual({ serverIds: [] });
  });

  it('forgets a favourite with the right to see it, and has it again with the right', async () => {
    const person = await panel.createUser(`guest-${database}`);
    const { id } = await create({ name: 'Shared' });
    const { token } = await panel.admin.api.subusers.invite({ params: { id }, body: { permissions: [] } });
    await person.api.subusers.acceptInvite({ params: { token } });
    await person.api.favourites.add({ params: { id } });
    expect(await person.api.favourites.list({})).toEqual({ serverIds: [id] });
    await panel.admin.api.subusers.remove({ params: { id, userId: person.userId } });
    expect(await person.api.favourites.list({})).toEqual({ serverIds: [] });
  });
});
