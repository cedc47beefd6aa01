import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeSpec } from '../testing/server-specs.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';
import { dryRun } from './dry-run.ts';

const configFiles = [
  {
    path: 'server.properties',
    parser: 'properties' as const,
    find: { memory: '{{server.build.memory}}', motd: '{{env.MOTD}}', 'rcon.password': '{{env.RCON}}' },
  },
];
const environment = { MOTD: 'Hello', RCON: 'correct horse' };

describe('the settings of a server', () => {
  it('are in its files before each start, after an installation that wrote others', async () => {
    const test = await TestSupervisor.open();
    const steps = [
      { kind: 'write' as const, label: 'Write', path: 'server.properties', content: '# mine\nmotd=Old\n' },
    ];
    const spec = fakeSpec(['say ready'], {
      ...{ configFiles, environment, install: { steps }, secretNames: ['RCON'] },
    });
    const id = await test.run(spec);
    const path = join(test.folder.server(id), 'server.properties');
    expect(readFileSync(path, 'utf8')).toBe(`# mine\nmotd=Hello\nmemory=256\nrcon.password=correct horse\n`);
    const lines = await test.lines(id);
    expect(lines.indexOf('system: Wrote the settings to server.properties.')).toBeGreaterThanOrEqual(0);
    expect(lines.indexOf('stdout: ready')).toBeGreaterThan(
      lines.indexOf('system: Wrote the settings to server.properties.'),
    );
    expect(lines.join()).not.toContain('correct horse');

    await test.supervisor.apply({ ...spec, revision: 2, environment: { ...environment, MOTD: 'Changed' } });
    expect(readFileSync(path, 'utf8')).toContain('motd=Hello');
    await test.done(test.order(id, 'restart'));
    expect(readFileSync(path, 'utf8')).toContain('motd=Changed');
    await test.done(test.order(id, 'restart'));
    const told = (await test.lines(id)).filter((line) => line.startsWith('system: Wrote'));
    expect(told).toHaveLength(2);
  });

  it('can be tried: what they would be is told, and nothing is written', async () => {
    const test = await TestSupervisor.open();
    const spec = fakeSpec(['say ready'], {
      environment,
      configFiles: [
        ...configFiles,
        { path: 'new.ini', parser: 'ini', find: { a: '1' } },
        { path: 'left.json', parser: 'json', find: { a: '1' }, createFile: false },
        { path: '../../identity/key.json', parser: 'json', find: { a: '1' } },
        { path: 'binary.cfg', parser: 'file', find: { a: 'b' } },
      ],
    });
    const id = await test.install(spec);
    const path = join(test.folder.server(id), 'server.properties');
    writeFileSync(path, 'motd=Old\n');
    writeFileSync(join(test.folder.server(id), 'binary.cfg'), '\0a\n');
    const told = await dryRun(test.supervisor.get(id).parts, spec);
    expect(told).toMatchObject([
      {
        path: 'server.properties',
        outcome: 'changed',
        before: 'motd=Old\n',
        after: 'motd=Hello\nmemory=256\nrcon.password=correct horse\n',
        notes: [],
      },
      { path: 'new.ini', outcome: 'created', before: null, after: expect.stringContaining('1') },
      { path: 'left.json', outcome: 'unchanged', before: null, after: null, notes: [] },
      { path: '../../identity/key.json', outcome: 'unchanged', notes: [expect.any(String)] },
      { path: 'binary.cfg', before: null, after: null, notes: [expect.stringMatching(/not a text/)] },
    ]);
    expect(readFileSync(path, 'utf8')).toBe('motd=Old\n');
    expect(existsSync(join(test.folder.server(id), 'new.ini'))).toBe(false);
  });

  it('do not keep a server from starting when they cannot be written', async () => {
    const test = await TestSupervisor.open();
    const spec = fakeSpec(['say ready'], {
      configFiles: [
        { path: '../../identity/key.json', parser: 'json', find: { a: '1' } },
        { path: 'bomb.yml', parser: 'yaml', find: { a: '1' } },
      ],
    });
    const id = await test.install(spec);
    const laughs = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map(
      (pair) => [...pair] as [string, string],
    )) {
      laughs.push(`${name}: &${name} [${`*${before}, `.repeat(9)}*${before}]`);
    }
    writeFileSync(join(test.folder.server(id), 'bomb.yml'), laughs.join('\n'));
    await test.done(test.order(id, 'start'));
    expect((await test.lines(id)).slice(0, 2)).toEqual([
      'system: ../../identity/key.json was not brought in line with the settings. A path has no names . or ..',
      'system: bomb.yml was not brought in line with the settings. Its aliases expand to too much, or lead nowhere.',
    ]);
    expect(readFileSync(join(test.folder.server(id), 'bomb.yml'), 'utf8')).toBe(laughs.join('\n'));
  });
});
