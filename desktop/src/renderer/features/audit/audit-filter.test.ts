import { expect, it } from 'vitest';
import { filterIn, toQuery } from './audit-filter.ts';

const read = (search: string) => filterIn(new URLSearchParams(search));

it('takes from an address what the panel understands, and nothing else', () => {
  expect(read('action=server.&outcome=failure&q=%20alex%20&tab=3')).toEqual({
    action: 'server.',
    outcome: 'failure',
    q: 'alex',
  });
  expect(read('outcome=maybe&actorKind=robot&from=yesterday&action=DROP%20TABLE')).toEqual({});
  expect(read('')).toEqual({});
});

it('means the last day whole', () => {
  const { from, to } = toQuery({ from: '2026-03-01', to: '2026-03-01' });
  expect(from).toBe(new Date(2026, 2, 1).toISOString());
  expect(to).toBe(new Date(2026, 2, 2).toISOString());
});
