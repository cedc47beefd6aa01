import { expect, it } from 'vitest';
import { alignedPorts, followable } from './aligned-ports.ts';

const game = { name: 'game', preferred: 7777 };
const raw = { name: 'raw', preferred: 1, offset: { from: 'game', by: 1 } };

it('moves what follows a port along with it', () => {
  expect(alignedPorts([game, raw])).toEqual([game, { ...raw, preferred: 7778 }]);
  expect(alignedPorts([{ ...game, preferred: 5000 }, raw])[1]).toMatchObject({ preferred: 5001 });
});

it('leaves what cannot be told while somebody types', () => {
  const odd = [
    { ...game, preferred: null },
    raw,
    { ...raw, offset: { from: 'other', by: 1 } },
    { ...raw, offset: { from: 'game', by: null } },
    'no port',
    null,
  ];
  expect(alignedPorts(odd)).toEqual(odd);
});

it('offers only those that follow none themselves', () => {
  const ports = [game, raw, { name: 'query', preferred: 27_015 }, { name: '' }];
  expect(followable(ports, 2)).toEqual(['game']);
  expect(followable(ports, 1)).toEqual(['game', 'query']);
});
