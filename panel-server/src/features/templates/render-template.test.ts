import { renderTemplate } from '@catalyst/shared/features/render-template';
import type { Template } from '@catalyst/shared/features/templates';
import { describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.ts';
import { checkTemplate } from './check-template.ts';
import { assertSafePattern } from './safe-pattern.ts';

const [base] = catalogue as [Template];
const template = {
  ...base,
  variables: [
    {
      ...base.variables[0],
      name: 'TITLE',
      defaultValue: 'x',
      rule: { kind: 'text', minLength: 0, maxLength: 80 },
    },
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'tcp', preferred: 25565 },
    { name: 'remote-query', label: 'Query', protocol: 'udp', preferred: 25566 },
  ],
  startup: {
    argv: [
      'game',
      '--title={{TITLE}}',
      '{{ SERVER_IP }}:{{SERVER_PORT}}',
      '{{PORT_REMOTE_QUERY}}',
      '{{SERVER_MEMORY_MB}}M',
    ],
    environment: { QUERY: 'udp/{{PORT_REMOTE_QUERY}}' },
  },
  install: {
    timeoutSeconds: 60,
    steps: [{ kind: 'write', label: 'w', path: 'a.cfg', content: 'name={{TITLE}}\n' }],
  },
} as Template;

const ports = [
  { name: 'game', ip: '0.0.0.0', port: 4000, protocol: 'tcp' },
  { name: 'remote-query', ip: '0.0.0.0', port: 4001, protocol: 'udp' },
] as const;
const render = (title: string) =>
  renderTemplate(template, { serverId, variables: { TITLE: title }, memoryMb: 512, ports });
const serverId = 'a-server';

describe('rendering a template', () => {
  it('fills in variables, ports and memory', () => {
    expect(render('Hello')).toEqual({
      argv: ['game', '--title=Hello', '0.0.0.0:4000', '4001', '512M'],
      environment: {
        TITLE: 'Hello',
        SERVER_MEMORY_MB: '512',
        SERVER_PORT: '4000',
        SERVER_IP: '0.0.0.0',
        PORT_GAME: '4000',
        PORT_REMOTE_QUERY: '4001',
        QUERY: 'udp/4001',
      },
      installSteps: [{ kind: 'write', label: 'w', path: 'a.cfg', content: 'name=Hello\n' }],
    });
  });

  it.each([
    '$(id)',
    '`id`',
    '; rm -rf /',
    '"',
    "'",
    '" ; echo "',
    '$\u007bIFS}',
    '%n',
    '$&',
    "$'",
    '$1',
    '--flag',
    '{{SERVER_PORT}}',
    '{{config.token}}',
  ])('keeps %j one literal element', (value) => {
    const { argv, environment, installSteps } = render(value);
    expect(argv).toHaveLength(5);
    expect(argv[1]).toBe(`--title=${value}`);
    expect(environment.TITLE).toBe(value);
    expect(installSteps[0]).toMatchObject({ content: `name=${value}\n` });
  });

  it.each([
    '{{config.token}}',
    '{{env.HOME}}',
    '{{node.token}}',
    '{{NOPE}}',
    '{{}}',
    '{{ __proto__ }}',
    '{{constructor}}',
  ])('refuses a template that uses %s', (text) => {
    const bad = { ...template, startup: { ...template.startup, argv: ['game', text] } };
    expect(() => checkTemplate(bad)).toThrow('unknown placeholder');
    expect(() => renderTemplate(bad, { serverId, variables: { TITLE: 'x' }, memoryMb: 1, ports })).toThrow(
      'unknown placeholder',
    );
  });

  it('leaves the line and the script of a community template to the shells that read them', () => {
    const line = 'cd sub; ./game {{TITLE}} -p {{SERVER_PORT}} $(cat x)';
    const script = { image: 'installers:debian', entrypoint: 'bash', content: 'echo {{TITLE}}' };
    const egg: Template = {
      ...template,
      variables: [{ ...template.variables[0], name: 'title' }] as Template['variables'],
      startup: { shell: { Default: line, Other: './other' }, environment: {} },
      install: { steps: [], script, timeoutSeconds: 60 },
    };
    const variables = { title: '$(id)', server_port: '1', startup: 'rm' };
    const { argv, environment, installSteps } = renderTemplate(egg, {
      serverId,
      variables,
      memoryMb: 512,
      ports,
    });
    expect(argv).toEqual([]);
    expect(environment).toMatchObject({
      STARTUP: line,
      SERVER_MEMORY: '512',
      SERVER_IP: '0.0.0.0',
      SERVER_PORT: '4000',
      P_SERVER_UUID: serverId,
      title: '$(id)',
      TITLE: '$(id)',
    });
    expect(installSteps).toEqual([
      { kind: 'script', label: 'Install the game', entrypoint: 'bash', content: 'echo {{TITLE}}' },
    ]);
  });

  it('hands several lines to a shell as it wants them', () => {
    const shell = { Default: 'one;\r\ntwo\rthree\n' };
    const install = { steps: [], timeoutSeconds: 60 };
    const egg: Template = { ...template, startup: { shell, environment: {} }, install };
    const { environment } = renderTemplate(egg, { serverId, variables: {}, memoryMb: 512, ports });
    expect(environment.STARTUP).toBe('one;\ntwo\nthree\n');
  });

  it('accepts every template of the catalogue', () => {
    for (const entry of catalogue) {
      const variables = Object.fromEntries(
        entry.variables.map(({ name, defaultValue }) => [name, defaultValue]),
      );
      const bindings = entry.ports.map(({ name, preferred, protocol }) => ({
        name,
        ip: '0.0.0.0',
        port: preferred,
        protocol,
      }));
      const { argv } = renderTemplate(entry, { serverId, variables, memoryMb: 512, ports: bindings });
      expect(argv.join(' ')).not.toContain('{{');
    }
  });
});

it("asks in a game's files only for variables that its template has", () => {
  const own = ['SERVER_IP', 'SERVER_PORT', 'SERVER_MEMORY'];
  for (const { configFiles, variables } of catalogue) {
    const names = [...variables.map(({ name }) => name), ...own];
    const asked = [...JSON.stringify(configFiles).matchAll(/\{\{(.*?)\}\}/g)].map(([, name]) => name);
    expect(names.map((name) => `env.${name}`)).toEqual(expect.arrayContaining(asked));
  }
});

describe('a pattern of a template', () => {
  it.each([
    '(a+)+',
    '(a|aa)*',
    '(a*)*b',
    '((ab)+c)+',
    '(a{2,})+',
    '([a-z]+)*',
    '(.*a){12}',
    '(a)\\1',
    '(?<x>a)\\k<x>',
    '(',
    'a*a*a*a*b',
    '.{0,300}.{0,300}.{0,300}.{0,300}b',
    `${'a?'.repeat(30)}${'a'.repeat(30)}`,
    `${'(a|b)'.repeat(30)}`,
    '(?:a|b)+?',
  ])('is refused when it could take too long: %s', (pattern) =>
    expect(() => assertSafePattern(pattern)).toThrow(),
  );

  it.each([
    '[a-z0-9_-]{1,32}',
    '\\d+(\\.\\d+)?',
    '(latest|\\d+)',
    '[(+)]+',
    'a\\(b\\)+',
    '(?:ab){0,1}c+',
    '(?!0)\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}',
    '(https?://)?[\\w.-]+(:[0-9]{1,5})?(/.*)?',
    Array.from({ length: 40 }, (_, index) => `m${index}`).join('|'),
    '[0-9a-f]{8}-[0-9a-f]{4}',
  ])('is accepted when it cannot: %s', (pattern) => expect(() => assertSafePattern(pattern)).not.toThrow());
});
