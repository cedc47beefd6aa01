import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { corpusFiles, noCorpus } from '../../testing/egg-corpus.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { newTemplate, testEgg } from '../../testing/test-egg.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer } from '../../testing/test-servers.ts';
import { testTemplates } from '../../testing/test-template.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';

const files = corpusFiles();
if (files.length === 0) console.warn(noCorpus);

describe.each(testDatabases)('templates of one’s own on %s', (database) => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel({ database, options: { templates: testTemplates() } });
  });
  afterAll(() => test.close());

  async function send(body: string | Buffer<ArrayBuffer>, query = '', token = test.admin.token) {
    const response = await fetch(`${test.url}/api/templates/import${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      body,
    });
    // biome-ignore lint/suspicious/noExplicitAny: whatever the panel answered, to be looked at below
    return { status: response.status, body: (await response.json()) as any };
  }

  /** As one that says how long its file is, and waits with the rest of it for an answer. */
  async function announce(bytes: number) {
    const headers = { authorization: `Bearer ${test.admin.token}`, 'content-length': bytes };
    const outgoing = request(`${test.url}/api/templates/import`, { method: 'POST', headers });
    outgoing.write('{');
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    outgoing.on('error', () => undefined).destroy();
    return { status: answer.statusCode ?? 0, body: null };
  }
  const sendEgg = (egg: object, query = '') => send(JSON.stringify(egg), query);

  it('are made, changed, listed by version and deleted, and audited', async () => {
    const { templates } = test.admin.api;
    const made = await templates.create({ body: newTemplate({ name: 'My Game!' }) });
    expect(made).toMatchObject({ id: 'my-game', version: 1, origin: 'own' });
    expect((await templates.create({ body: newTemplate({ name: 'My Game!' }) })).id).toBe('my-game-2');
    expect(await codeOf(templates.create({ body: newTemplate({ id: 'my-game' }) }))).toBe('conflict');
    expect(await codeOf(templates.create({ body: newTemplate({ id: 'openttd' }) }))).toBe('conflict');
    const params = { id: made.id };
    const changed = await templates.update({ params, body: { summary: 'Another', version: 1 } });
    expect(changed).toEqual({ ...made, version: 2, summary: 'Another' });
    expect(await templates.get({ params })).toEqual(changed);
    expect(await codeOf(templates.update({ params, body: { summary: 'Late', version: 1 } }))).toBe(
      'precondition_failed',
    );
    const bad = { startup: { argv: ['game', '{{config.token}}'] } };
    expect(await codeOf(templates.update({ params, body: bad as never }))).toBe('invalid_input');
    const { items } = await templates.versions({ params });
    expect(items.map(({ version, template }) => [version, template.summary])).toEqual([
      [2, 'Another'],
      [1, 'For tests'],
    ]);
    expect(await codeOf(templates.update({ params: { id: 'openttd' }, body: { summary: 'x' } }))).toBe(
      'conflict',
    );
    expect(await codeOf(templates.delete({ params: { id: 'openttd' } }))).toBe('conflict');
    expect((await templates.versions({ params: { id: 'openttd' } })).items).toHaveLength(1);
    await templates.delete({ params });
    expect(await codeOf(templates.get({ params }))).toBe('not_found');
    expect(await codeOf(templates.delete({ params }))).toBe('not_found');
    const rows = await test.panel.core.database
      .getRepository(AuditEntryEntity)
      .find({ order: { seq: 'ASC' } });
    const mine = rows.filter(({ targetName, outcome }) => targetName === 'My Game!' && outcome === 'success');
    expect(mine.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['template.create', 'template.update', 'template.delete']),
    );
  });

  it('come from the web, and take over what is new there but for what was changed here', async () => {
    const { templates, settings } = test.admin.api;
    await using web = await Published.open({ '/moved.json': testEgg({ name: 'From the web' }) });
    web.redirects.set('/egg.json', '/moved.json');
    const importUrl = (path: string, dryRun: 'true' | 'false' = 'false') =>
      templates.importUrl({ query: { dryRun }, body: { url: `${web.url}${path}` } });
    expect(await codeOf(importUrl('/egg.json'))).toBe('invalid_input');
    await settings.update({ body: { allowedNetworks: ['127.0.0.1'] } });
    expect((await importUrl('/egg.json', 'true')).dryRun).toBe(true);
    const { template } = await importUrl('/egg.json');
    expect(template).toMatchObject({
      name: 'From the web',
      origin: 'imported',
      updateUrl: `${web.url}/egg.json`,
    });

    const params = { id: template.id };
    const refresh = (dryRun: 'true' | 'false') => templates.refresh({ params, query: { dryRun } });
    expect((await refresh('true')).changes).toEqual([]);
    await templates.update({ params, body: { name: 'Renamed here' } });
    web.files['/moved.json'] = testEgg({ name: 'Renamed there', startup: './newer {{SERVER_PORT}}' });
    const changes = [
      { part: 'name', outcome: 'kept', before: 'Renamed here', after: 'Renamed there' },
      {
        part: 'startup',
        outcome: 'taken',
        before: template.startup,
        after: { shell: { Default: './newer {{SERVER_PORT}}' }, environment: {} },
      },
    ];
    expect(await refresh('true')).toMatchObject({ dryRun: true, changes });
    expect(await templates.get({ params })).toMatchObject({ startup: template.startup });
    const done = await refresh('false');
    expect(done).toMatchObject({ changes, template: { name: 'Renamed here', version: 3 } });
    expect(await templates.get({ params })).toEqual(done.template);
    expect((await refresh('true')).changes).toEqual([]);

    web.redirects.set('/egg.json', 'http://169.254.169.254/latest');
    expect(await codeOf(refresh('true'))).toBe('invalid_input');
    web.redirects.set('/egg.json', '/egg.json');
    expect(await codeOf(refresh('true'))).toBe('unavailable');
    web.redirects.set('/egg.json', 'file:///etc/passwd');
    expect(await codeOf(refresh('true'))).toBe('invalid_input');
    web.redirects.set('/egg.json', '/missing.json');
    expect(await codeOf(refresh('true'))).toBe('unavailable');
    const own = await templates.create({ body: newTemplate({ name: 'Never imported' }) });
    expect(await codeOf(templates.refresh({ params: { id: own.id }, query: {} }))).toBe('conflict');
    await settings.update({ body: { allowedNetworks: [] } });
    expect(await codeOf(refresh('true'))).toBe('invalid_input');
  });

  it('lose what may be absent when null is said of it', async () => {
    const { templates } = test.admin.api;
    const { id } = await templates.create({ body: newTemplate({ name: 'Saving' }) });
    const saveCommands = { off: 'save-off', on: 'save-on' };
    const saving = await templates.update({ params: { id }, body: { saveCommands } });
    expect(saving.saveCommands).toEqual(saveCommands);
    expect(await templates.update({ params: { id }, body: { summary: 'Same' } })).toMatchObject({
      saveCommands,
    });
    const silent = await templates.update({ params: { id }, body: { saveCommands: null } });
    expect(silent).not.toHaveProperty('saveCommands');
  });

  it('stay as long as a server is made of them', async () => {
    const agent = await FakeAgent.linked(test);
    agent.announceHealth();
    const made = await test.admin.api.templates.create({ body: newTemplate({ name: 'In use' }) });
    await installedServer(test.admin, agent, { templateId: made.id });
    await expect(test.admin.api.templates.delete({ params: { id: made.id } })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('1 server is'),
    });
    agent.disconnect();
  });

  it('come out of a community file with a report, or only seem to in a dry run', async () => {
    const egg = testEgg({ 'x-own': { kept: [1, null] }, name: 'Dry' });
    const dry = await sendEgg(egg, '?dryRun=true&fileName=egg.json');
    expect(dry).toMatchObject({ status: 200, body: { dryRun: true, template: { id: 'dry' } } });
    expect(await codeOf(test.admin.api.templates.get({ params: { id: 'dry' } }))).toBe('not_found');
    const { status, body } = await sendEgg(egg, '?fileName=egg.json');
    expect(status).toBe(201);
    expect(body.template).toMatchObject({
      id: 'dry',
      origin: 'imported',
      images: { 'Java 21': 'ghcr.io/example/java:21' },
      done: { kind: 'lines', anyOf: [')! For help, type '] },
      stop: { kind: 'signal', signal: 'SIGINT' },
      install: { script: { entrypoint: 'ash', content: '#!/bin/ash\ncd /mnt/server\n' } },
      configFiles: [{ path: 'server.properties', parser: 'properties' }],
      fileDenylist: ['secret.txt'],
      features: ['eula'],
    });
    expect(body.template.variables[0].rule).toEqual({
      kind: 'checks',
      checks: [
        { check: 'required' },
        { check: 'regex', pattern: '^([\\w\\d._-]+)(\\.jar|\\.zip)$', ignoreCase: false },
        { check: 'max', amount: 20 },
      ],
    });
    expect(body.report.notes).toContainEqual({
      path: 'x-own',
      outcome: 'kept',
      message: 'is not known here',
    });
    const params = { id: 'dry' };
    for (const format of ['json', 'yaml'] as const) {
      const answer = await test.admin.api.templates.export({ params, query: { format } });
      const again = await send(await answer.text(), `?dryRun=true&fileName=x.${format}`);
      expect(again.body.template).toEqual({ ...body.template, id: 'dry-2' });
    }
    const answer = await test.admin.api.templates.export({ params });
    expect(await answer.json()).toEqual(egg);
    await test.admin.api.templates.update({ params, body: { name: 'Wet', fileDenylist: [] } });
    const changed = await test.admin.api.templates.export({ params });
    expect(await changed.json()).toEqual({ ...egg, name: 'Wet', file_denylist: [] });
  });

  it('go out as community files, and come back', async () => {
    const made = await test.admin.api.templates.create({ body: newTemplate({ name: 'Out' }) });
    const answer = await test.admin.api.templates.export({ params: { id: made.id } });
    expect(answer.headers.get('content-disposition')).toContain('egg-out.json');
    const { body } = await send(await answer.text(), '?dryRun=true');
    expect(body.template).toMatchObject({ name: 'Out', done: { anyOf: ['ready'] } });
    expect(body.template.variables.map(({ name }: { name: string }) => name)).toEqual(
      made.variables.map(({ name }) => name),
    );
  });

  it('come many at once, each by itself', async () => {
    const content = JSON.stringify(testEgg({ name: 'One of many' }));
    const body = {
      files: [
        { fileName: 'a.json', content },
        { fileName: 'b.json', content: '{' },
      ],
    };
    const { items } = await test.admin.api.templates.importMany({ body });
    expect(items).toMatchObject([
      { fileName: 'a.json', template: { id: 'one-of-many' }, error: null },
      { fileName: 'b.json', template: null, error: { message: expect.stringContaining('not JSON') } },
    ]);
  });

  it.skipIf(files.length === 0)(
    'take in every community file',
    async () => {
      const started = performance.now();
      const body = {
        files: files.map(({ name, bytes }) => ({ fileName: name.slice(-255), content: String(bytes) })),
      };
      const { items } = await test.admin.api.templates.importMany({ body, query: { dryRun: 'false' } });
      const tookMs = performance.now() - started;
      console.log(`${items.length} files imported over the API into ${database} in ${Math.round(tookMs)} ms`);
      expect(items.filter(({ error }) => error !== null)).toEqual([]);
    },
    60_000,
  );

  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
    .split('')
    .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(',')}]`)
    .join('\n')}`;
  const rule = (text: string) => testEgg({ variables: [{ ...testEgg().variables[0], rules: text }] });

  it.each([
    ['100 MB', () => announce(100_000_000), 413, undefined],
    ['more than 1 MiB', () => send(Buffer.alloc(1_048_577, 32)), 413, undefined],
    ['nothing', () => send(''), 400, ''],
    ['what is not UTF-8', () => send(Buffer.from([0xff, 0xfe, 0x7b])), 422, undefined],
    ['a list', () => send('[]'), 422, ''],
    ['billion laughs', () => send(bomb, '?fileName=a.yaml'), 422, undefined],
    ['a deep YAML', () => send('['.repeat(500_000), '?fileName=a.yaml'), 422, ''],
    ['a deep list of YAML', () => send('- '.repeat(500_000), '?fileName=a.yaml'), 422, ''],
    ['a deep JSON', () => send(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), 422, undefined],
    ['an unknown version', () => sendEgg(testEgg({ meta: { version: 'PTDL_v9' } })), 422, 'meta.version'],
    [
      '10,000 variables',
      () => sendEgg(testEgg({ variables: Array(10_000).fill({ name: 'a', env_variable: 'A', rules: '' }) })),
      422,
      'variables',
    ],
    [
      '__proto__',
      () => send(JSON.stringify(testEgg()).replace('"_comment"', '"__proto__":{"a":1},"_comment"')),
      422,
      '__proto__',
    ],
    [
      'a name that is none',
      () => sendEgg(testEgg({ variables: [{ env_variable: 'A;B' }] })),
      422,
      'variables.0.env_variable',
    ],
  ] as const)('refuse %s, at once', async (_, ask, status, path) => {
    const started = performance.now();
    const answer = await ask();
    expect(answer.status).toBe(status);
    if (path !== undefined && path !== '') expect(answer.body.error.issues[0].path).toBe(path);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it.each([
    ['required|regex:/^(a+)+$/'],
    ['regex:/(x|xx)*y/'],
    ['regex:/(?<n>a)\\k<n>/'],
    ['regex:no delimiters'],
    ['something_new:1'],
  ])('keep the rule %s, and never apply it', async (text) => {
    const { status, body } = await sendEgg(rule(text), '?dryRun=true');
    expect(status).toBe(200);
    const { checks } = body.template.variables[0].rule;
    expect(checks.at(-1)).toEqual({ check: 'unknown', rule: text.replace('required|', '') });
    expect(body.report.notes).toContainEqual(
      expect.objectContaining({ outcome: 'refused', path: 'variables.0.rules' }),
    );
  });

  it('keep what would open the walls around a server, and never act upon it', async () => {
    const walls = {
      privileged: true,
      mounts: ['/etc:/etc'],
      host_network: true,
      cap_add: ['SYS_ADMIN'],
    };
    const egg = testEgg({
      name: 'Walls $(id) `id`; rm -rf / "\'',
      ...walls,
      startup: 'game $(cat /etc/shadow); {{config.token}} `id`',
      config: {
        ...testEgg().config,
        files: { 'a.ini': { parser: 'ini', find: { a: '{{config.token}} {{config.docker.interface}}' } } },
      },
    });
    const { status, body } = await sendEgg(egg);
    expect(status).toBe(201);
    const { template, report } = body;
    expect(template.startup.shell.Default).toBe(egg.startup);
    for (const name of Object.keys(walls)) {
      expect(template).not.toHaveProperty(name);
      expect(report.notes).toContainEqual(expect.objectContaining({ path: name, outcome: 'refused' }));
    }
    const secret = { path: 'config.files.a.ini', outcome: 'refused' };
    expect(report.notes).toContainEqual(expect.objectContaining(secret));
    const answer = await test.admin.api.templates.export({ params: { id: template.id } });
    expect(await answer.json()).toEqual(egg);
  });
});

/** Somebody's web server. */
class Published implements AsyncDisposable {
  readonly files: Record<string, object>;
  readonly redirects = new Map<string, string>();
  readonly #server: Server;

  private constructor(files: Record<string, object>) {
    this.files = files;
    this.#server = createServer(({ url = '' }, response) => {
      const location = this.redirects.get(url);
      const file = this.files[url];
      if (location !== undefined) response.writeHead(302, { location }).end();
      else if (file) response.end(JSON.stringify(file));
      else response.writeHead(404).end();
    });
  }

  static async open(files: Record<string, object>): Promise<Published> {
    const published = new Published(files);
    await once(published.#server.listen(0, '127.0.0.1'), 'listening');
    return published;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
