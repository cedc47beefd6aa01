import { expect, it } from 'vitest';
import { Listings } from './listings.ts';

it('reads two archives at a time, and takes no more than a few of one server', async () => {
  const listings = new Listings();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const begun: string[] = [];
  const look = (serverId: string) =>
    listings.take(serverId, async () => {
      begun.push(serverId);
      await ended;
    });
  const all = [look('a'), look('a'), look('a'), look('a'), look('b')];
  await expect(look('a')).rejects.toMatchObject({ code: 'limit_reached' });
  expect(begun).toEqual(['a', 'a']);
  end();
  await Promise.all(all);
  expect(begun).toEqual(['a', 'a', 'a', 'a', 'b']);
  await look('a');
});
