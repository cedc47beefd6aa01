import { describe, expect, it } from 'vitest';
import { toIssues } from '../contract/errors.ts';
import { TemplatePorts } from './template-ports.ts';

const port = (name: string, preferred: number, more: object = {}) => ({
  ...{ name, label: name, protocol: 'udp', preferred },
  ...more,
});
const game = port('game', 27_015);
const query = (offset: object, more: object = {}) => port('query', 27_016, { offset, ...more });

const issuesOf = (ports: unknown) => {
  const { error } = TemplatePorts.safeParse(ports);
  return error ? toIssues(error) : [];
};

describe('ports of a template', () => {
  it('can follow another one, on either side of it', () => {
    const before = port('raw', 27_014, { offset: { from: 'game', by: -1 } });
    expect(issuesOf([game, query({ from: 'game', by: 1 }), before])).toEqual([]);
    // The same number for the other protocol.
    const rcon = port('rcon', 27_015, { protocol: 'tcp', offset: { from: 'game', by: 0 } });
    expect(issuesOf([game, rcon])).toEqual([]);
  });

  it.each([
    ['an unknown port', [game, query({ from: 'other', by: 1 })], '1.offset.from', 'name of another port'],
    ['itself', [game, query({ from: 'query', by: 1 })], '1.offset.from', 'the port itself'],
    [
      'one that follows another',
      [game, query({ from: 'game', by: 1 }), port('raw', 27_017, { offset: { from: 'query', by: 1 } })],
      '2.offset.from',
      '"query" follows another port itself',
    ],
    [
      'each other',
      [game, query({ from: 'raw', by: 1 }), port('raw', 27_017, { offset: { from: 'query', by: 1 } })],
      '1.offset.from',
      '"raw" follows another port itself',
    ],
    [
      'a port too far below',
      [game, query({ from: 'game', by: -27_000 })],
      '1.offset.by',
      'makes it 15, which is no port from 1024 to 65535',
    ],
    ['a port too far above', [game, query({ from: 'game', by: 40_000 })], '1.offset.by', 'makes it 67015'],
    [
      'with its own number',
      [game, query({ from: 'game', by: 0 }, { preferred: 27_015 })],
      '1.offset.by',
      '"game"',
    ],
    [
      'with the number of a third',
      [game, query({ from: 'game', by: 1 }), port('raw', 27_016, { offset: { from: 'game', by: 1 } })],
      '2.offset.by',
      'makes it the number of "query"',
    ],
    ['in words only', [game, query({ from: 'game', by: 2 })], '1.preferred', 'must be 27017'],
    ['as the first', [port('game', 27_015, { offset: { from: 'query', by: 1 } }), game], '0.offset', 'first'],
    ['by half a port', [game, query({ from: 'game', by: 0.5 })], '1.offset.by', 'int'],
  ])('cannot follow %s', (_, ports, path, message) => {
    expect(issuesOf(ports)[0]).toEqual({ path, message: expect.stringContaining(message) });
  });
});
