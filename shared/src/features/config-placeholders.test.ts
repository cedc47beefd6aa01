import { describe, expect, it } from 'vitest';
import { ConfigFile } from './config-files.ts';
import { configPlaceholders, fillConfigText } from './config-placeholders.ts';
import type { ServerSpec } from './server-spec.ts';

const spec = {
  serverId: '01890000-0000-7000-8000-000000000001',
  environment: {
    MOTD: 'Hello $& {{env.OTHER}} {{config.docker.interface}}',
    OTHER: 'other',
    HOSTNAME: 'box',
    SERVER_PORT: 'overridden',
    EMPTY: '',
  },
  limits: { memoryMb: 2048, swapMb: 0, cpuCores: 1.5, diskMb: 5000, pids: 512, cpuPinning: '0-1' },
  ports: [
    { name: 'game', ip: '203.0.113.5', port: 25565, protocol: 'tcp', targetPort: 30000 },
    { name: 'query', ip: '203.0.113.5', port: 25566, protocol: 'udp' },
  ],
  network: { mode: 'bridge' },
  image: 'registry.example/game:1',
  suspended: false,
} satisfies Partial<ServerSpec>;

const fill = (text: string, changes: Partial<ServerSpec> = {}) =>
  fillConfigText(
    text,
    configPlaceholders({ ...spec, ...changes } as never, { interfaceAddress: '10.9.0.1' }),
  );

describe('the text of a configuration file', () => {
  it.each([
    ['{{env.OTHER}}-{{server.build.env.OTHER}}', 'other-other'],
    ['{{server.environment.OTHER}}{{server.build.environment.OTHER}}', 'otherother'],
    ['{{server.build.default.port}} {{server.allocations.default.port}}', '30000 30000'],
    ['{{server.build.default.ip}} {{server.allocations.default.ip}}', '203.0.113.5 203.0.113.5'],
    ['{{env.SERVER_PORT}} {{server.build.env.SERVER_IP}} {{env.SERVER_MEMORY}}', '30000 0.0.0.0 2048'],
    ['{{SERVER_PORT}} {{SERVER_IP}} {{SERVER_MEMORY}}', '30000 0.0.0.0 2048'],
    ['{{server.build.memory}} {{server.build.memory_limit}} {{server.build.swap}}', '2048 2048 0'],
    ['{{server.build.cpu}} {{server.build.disk}} {{server.build.threads}}', '150 5000 0-1'],
    ['{{server.uuid}}', spec.serverId],
    ['{{server.build.image}} {{server.suspended}}', 'registry.example/game:1 false'],
    ['{{config.docker.interface}} {{config.docker.network.interface}}', '10.9.0.1 10.9.0.1'],
    ['{{env.hostname}}', 'box'],
  ])('is filled in: %s', (text, filled) => expect(fill(text)).toBe(filled));

  it.each([
    '{{env.NOPE}}',
    '{{env.EMPTY}}',
    '{{server.nope}}',
    '{{server.build.env.__proto__}}',
    '{{env.constructor}}',
    '{{server.toString}}',
    '{{server.}}',
  ])('is empty where there is nothing: %s', (text) => expect(fill(text)).toBe(''));

  it.each([
    '{{QUERY_PORT}}',
    '{{MOTD}}',
    '{{config.token}}',
    '{{config.api.ssl.key}}',
    '{{config.docker.interfaces}}',
    '{{node.token}}',
    '{{ env.OTHER }}',
    '{{env}}',
    '{{}}',
    '{{server.environment.{OTHER}}',
    '{{constructor}}',
    '{env.OTHER}',
  ])('stays as it is where that is none of ours: %s', (text) => expect(fill(text)).toBe(text));

  it('is filled in once: what a value holds is no placeholder', () => {
    expect(fill('{{env.MOTD}}')).toBe(spec.environment.MOTD);
    expect(fill('{{{{env.OTHER}}.x}}')).toBe('{{other.x}}');
  });

  it("has the machine's address and port where the server shares its network", () => {
    expect(fill('{{SERVER_IP}}:{{SERVER_PORT}}', { network: { mode: 'host' } })).toBe('203.0.113.5:25565');
    expect(fill('{{SERVER_IP}}', { ports: [{ ...spec.ports[1], ip: '2001:db8::1' }] as never })).toBe('::');
    expect(fill('{{SERVER_PORT}}{{server.build.default.port}}', { ports: [] })).toBe('{{SERVER_PORT}}');
  });
});

describe('a configuration file', () => {
  const file = { path: 'a.yml', parser: 'yaml', find: { a: '1' } };
  const isFine = (changes: object) => ConfigFile.safeParse({ ...file, ...changes }).success;

  it('has values of the kinds that eggs have', () => {
    const find = {
      a: 'x',
      b: 1,
      c: true,
      d: null,
      e: ['x', 1],
      f: { localhost: 'x', 'regex:^a': 'b', g: false },
    };
    expect(ConfigFile.parse({ ...file, find })).toEqual({ ...file, find });
  });

  it.each([
    ['another parser', { parser: 'sh' }],
    ['no path', { path: '' }],
    ['a long path', { path: 'a'.repeat(1025) }],
    ['a long value', { find: { a: 'a'.repeat(8193) } }],
    ['a long place', { find: { ['a'.repeat(1001)]: 'a' } }],
    ['a place without a name', { find: { '': 'a' } }],
    [
      'too many places',
      { find: Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`a${index}`, ''])) },
    ],
    ['deeper values', { find: { a: { b: { c: 'd' } } } }],
    ['what no schema names', { mode: '0777' }],
  ])('is refused with %s', (_, changes) => expect(isFine(changes)).toBe(false));

  it('is only data, whatever its keys are', () => {
    const find = JSON.parse('{"__proto__":{"polluted":"1"},"a":{"__proto__":"x"}}');
    ConfigFile.safeParse({ ...file, find });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
