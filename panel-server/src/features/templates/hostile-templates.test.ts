import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { newTemplate } from '../../testing/test-egg.ts';
import { type TestPanel, testPanel } from '../../testing/test-panel.ts';
import { installedServer } from '../../testing/test-servers.ts';
import { testTemplates } from '../../testing/test-template.ts';

const variable = (changes: object) => ({
  name: 'TITLE',
  label: 'Title',
  defaultValue: '',
  rule: { kind: 'text' },
  ...changes,
});
const launched = (...argv: string[]) => ({ startup: { argv: ['game', ...argv] }, install: { steps: [] } });
const withPattern = (pattern: string) => ({
  ...launched(),
  variables: [variable({ rule: { kind: 'text', pattern } })],
});

describe('a template that somebody writes against us', () => {
  let test: TestPanel;
  let agent: FakeAgent;
  beforeAll(async () => {
    test = await testPanel({ options: { templates: testTemplates() } });
    agent = await FakeAgent.linked(test);
  });
  afterAll(() => test.close());

  const create = (body: unknown) =>
    ask(test, '/api/templates', { method: 'POST', token: test.admin.token, body });
  const asText = (changes: object) => JSON.stringify({ ...newTemplate(), ...changes });

  it.each<[string, () => unknown, number, string | undefined]>([
    [
      '10,000 variables',
      () => ({ ...newTemplate(), variables: Array(10_000).fill(variable({})) }),
      422,
      'variables',
    ],
    ['more than a request may be', () => asText({ description: 'x'.repeat(20_000_000) }), 413, undefined],
    ['__proto__', () => asText({}).replace('{', '{"__proto__":{"isAdmin":true},'), 400, undefined],
    [
      'constructor.prototype',
      () => asText({ constructor: { prototype: { isAdmin: true } } }),
      400,
      undefined,
    ],
    ['privileges', () => ({ ...newTemplate(), privileged: true }), 422, 'privileged'],
    ['mounts', () => ({ ...newTemplate(), mounts: ['/etc:/etc'] }), 422, 'mounts'],
    ['capabilities', () => ({ ...newTemplate(), capabilities: ['CAP_SYS_ADMIN'] }), 422, 'capabilities'],
    ['the machine’s network', () => ({ ...newTemplate(), networkMode: 'host' }), 422, 'networkMode'],
    [
      'a secret of the panel',
      () => ({ ...newTemplate(), ...launched('{{config.token}}') }),
      422,
      'startup.argv.1',
    ],
    [
      'the environment of the agent',
      () => ({ ...newTemplate(), ...launched('{{env.PATH}}') }),
      422,
      'startup.argv.1',
    ],
    [
      'a pattern that never ends',
      () => ({ ...newTemplate(), ...withPattern('(a+)+$') }),
      422,
      'variables.0.rule',
    ],
    [
      'one with back-references',
      () => ({ ...newTemplate(), ...withPattern('(a)\\1') }),
      422,
      'variables.0.rule',
    ],
    ['one that is none', () => ({ ...newTemplate(), ...withPattern('(') }), 422, 'variables.0.rule'],
    [
      'a name of ours',
      () => ({ ...newTemplate(), ...launched(), variables: [variable({ name: 'SERVER_PORT' })] }),
      422,
      'variables.0.name',
    ],
    [
      'a name of the loader',
      () => ({ ...newTemplate(), variables: [variable({ name: 'A;B' })] }),
      422,
      'variables.0.name',
    ],
  ])('is refused with %s, at once', async (_what, body, status, path) => {
    const started = performance.now();
    const answer = await create(body());
    expect(answer.status, answer.text.slice(0, 500)).toBe(status);
    if (path !== undefined)
      expect(answer.body.error.issues).toContainEqual(expect.objectContaining({ path }));
    expect(performance.now() - started).toBeLessThan(2000);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a value that breaks its rule', { SLOTS: '1; reboot' }, 'environment.SLOTS'],
    ['a new line', { TITLE: 'a\nexport X=1' }, 'environment.TITLE'],
    ['a control character', { TITLE: 'a\u0000b' }, 'environment.TITLE'],
    [
      '10,000 values',
      Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`V${at}`, 'x'])),
      'environment',
    ],
    ['an unknown name', { LD_PRELOAD: '/tmp/x.so' }, 'environment.LD_PRELOAD'],
    ['a name that is none', { 'A;B': 'x' }, 'environment.A;B'],
    ['an object', { TITLE: { $gt: '' } }, 'environment.TITLE'],
    ['more than a value may be', { TITLE: 'x'.repeat(5000) }, 'environment.TITLE'],
  ])('leaves its servers as they were when it gets %s', async (_what, environment, path) => {
    const { id } = await installedServer(test.admin, agent, { templateId: 'test-game' });
    const before = agent.server(id).spec;
    const options = { method: 'PUT', token: test.admin.token, body: { environment } };
    const answer = await ask(test, `/api/servers/${id}`, options);
    expect(answer.status, answer.text.slice(0, 500)).toBe(422);
    expect(answer.body.error.issues).toContainEqual(expect.objectContaining({ path }));
    expect(agent.server(id).spec).toEqual(before);
  });
});
