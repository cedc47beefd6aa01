import { execFileSync } from 'node:child_process';
import { placeholderPattern, templateTexts } from '@catalyst/shared/features/render-template';
import { type PortBinding, ServerSpec } from '@catalyst/shared/features/server-spec';
import { Template } from '@catalyst/shared/features/templates';
import { ruleIssue } from '@catalyst/shared/features/variable-rules';
import { describe, expect, it } from 'vitest';
import { buildSpec } from '../servers/server-spec.ts';
import { catalogue } from './catalogue.ts';

const withVariables = catalogue.flatMap(({ id, variables }) =>
  variables.map((variable) => ({ id, name: variable.name, variable })),
);

describe('the catalogue', () => {
  it('has at least 25 games, each once', () => {
    const ids = catalogue.map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(25);
    expect(ids).toEqual([...new Set(ids)]);
    const names = catalogue.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it('has at least nine games that need no containers', () => {
    expect(catalogue.filter(({ processRuntime }) => processRuntime).length).toBeGreaterThanOrEqual(9);
  });

  it.each(withVariables)(
    '$id: $name has a value that follows its rule, or has to be given',
    ({ variable }) => {
      const problem = ruleIssue(variable.rule, variable.defaultValue);
      // What nobody can know beforehand: a password or a token.
      if (variable.secret && variable.defaultValue === '') expect(variable.rule.kind).toBe('text');
      else expect(problem).toBeNull();
    },
  );

  it.each(withVariables.filter(({ variable }) => variable.secret))(
    '$id: $name has no value that every server would share',
    ({ variable }) => expect(variable.defaultValue).toBe(''),
  );
});

describe.each(catalogue)('$id', (template) => {
  it('is a template as the contract wants it, and says what its players need', () => {
    expect(Template.parse(template)).toEqual(template);
    expect(template.origin).toBe('built-in');
    expect(template.icon).not.toBe('');
    expect(template.summary.length).toBeLessThan(100);
    expect(template.howToJoin).toMatch(/\{\{ADDRESS\}\}|name of the server/);
  });

  it('runs somewhere, with what it needs there', () => {
    const hasImages = Object.keys(template.images).length > 0;
    expect(hasImages || template.processRuntime).toBe(true);
    if (template.processRuntime) expect(template.hostPackages).not.toEqual([]);
    if (template.install.script) expect(hasImages).toBe(true);
  });

  it('asks for ports that do not clash', () => {
    const taken = template.ports.flatMap(({ protocol, preferred }) =>
      (protocol === 'both' ? ['tcp', 'udp'] : [protocol]).map((one) => `${one} ${preferred}`),
    );
    expect(taken).toEqual([...new Set(taken)]);
  });

  it('has limits that fit each other', () => {
    const { memoryMb, minimumMemoryMb } = template.defaults;
    expect(memoryMb).toBeGreaterThanOrEqual(minimumMemoryMb);
  });

  it.each(runtimesOf(template))('makes a whole specification for %s', (runtime) => {
    const spec = specOf(template, runtime);
    expect(ServerSpec.parse({ ...spec, revision: 1 })).toMatchObject({ runtime });
    const texts = [
      ...spec.argv,
      ...Object.values(spec.environment).filter((text) => text !== spec.environment.STARTUP),
      ...spec.install.steps.flatMap((step) => ('argv' in step ? step.argv : [step.content])),
    ];
    for (const text of texts) expect(text).not.toMatch(placeholderPattern);
    const known = new Set([...Object.keys(spec.environment), 'SERVER_MEMORY']);
    for (const name of namesOutsideOfText(template)) expect(known).toContain(name);
    if (runtime === 'containerd') expect(spec.image).toBe(Object.values(template.images)[0]);
  });

  const { script } = template.install;
  if (script) {
    it('installs by a script that a shell can read', () => {
      execFileSync(script.entrypoint, ['-n'], { input: script.content, stdio: ['pipe', 'ignore', 'pipe'] });
    });
  }

  it('reads every setting somewhere', () => {
    const { startup, install, configFiles } = template;
    const everything = JSON.stringify([
      templateTexts(template),
      startup,
      install.script,
      configFiles,
      // Programs that read their environment.
      install.steps,
    ]);
    for (const { name } of template.variables) expect(everything).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

function runtimesOf({ processRuntime, images }: Template) {
  return [
    ...(processRuntime ? (['process'] as const) : []),
    ...(Object.keys(images).length > 0 ? (['containerd'] as const) : []),
  ];
}

/** As for a server that somebody makes without changing anything but what has to be given. */
function specOf(template: Template, runtime: 'process' | 'containerd') {
  const ports = template.ports.map(
    ({ name, protocol, preferred }): PortBinding => ({ name, protocol, ip: '0.0.0.0', port: preferred }),
  );
  const variables = Object.fromEntries(
    template.variables.map(({ name, defaultValue }) => [name, defaultValue || 'given']),
  );
  const { defaults } = template;
  const server = {
    id: '01980000-0000-7000-8000-000000000001',
    runtime,
    allocatedMemoryMb: defaults.memoryMb,
    allocatedCpuCores: defaults.cpuCores,
    allocatedDiskMb: defaults.diskMb,
    swapMb: 0,
    pids: 512,
    cpuPinning: null,
    ioWeight: null,
    image: null,
    startupLine: null,
    networkMode: runtime === 'containerd' ? 'bridge' : 'host',
    staticIp: null,
    restartPolicy: template.restartPolicy,
    suspendedAt: null,
  };
  return buildSpec(server, template, variables, ports, null);
}

/** Names that are filled in elsewhere: by the node in files, and by a shell in the line that it reads. */
function namesOutsideOfText({ startup, configFiles }: Template): string[] {
  const lines = 'shell' in startup ? Object.values(startup.shell).join(' ') : '';
  const files = JSON.stringify(configFiles.map(({ find }) => find));
  return [...`${lines} ${files}`.matchAll(placeholderPattern)].map(([, name]) =>
    (name as string).replace(/^env\./, ''),
  );
}
