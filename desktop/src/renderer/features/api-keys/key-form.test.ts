import { grantsOf } from '@catalyst/shared/contract/permissions';
import { NewApiKey } from '@catalyst/shared/features/api-keys';
import { expect, it } from 'vitest';
import { allScopes, bodyOf, grantableToKeys, readScopes, valuesOf } from './key-form.ts';

const now = new Date('2027-03-01T12:00:00Z');
const values = valuesOf(undefined, grantsOf(['*']));

it('lets everybody choose what can be done on a server, and of the rest what the role permits', () => {
  const held = grantableToKeys(['template.read']);
  expect(held.has('server.start')).toBe(true);
  expect(held.has('template.read')).toBe(true);
  expect(held.has('user.read')).toBe(false);
});

it('offers to look only, within what is held', () => {
  const scopes = readScopes(grantableToKeys(['template.read']));
  expect(scopes).toContain('console.read');
  expect(scopes).not.toContain('user.read');
  expect(scopes.every((name) => name.endsWith('.read'))).toBe(true);
});

it('means by “all” the wildcard for who holds it, else each right that is held', () => {
  expect(allScopes(grantsOf(['*']))).toEqual(['*']);
  expect(allScopes(grantableToKeys([]))).not.toContain('*');
});

it('ends after so many days, never, or with a day', () => {
  expect(bodyOf({ ...values, expiry: '7' }, now).expiresAt).toBe('2027-03-08T12:00:00.000Z');
  expect(bodyOf({ ...values, expiry: 'never' }, now).expiresAt).toBeNull();
  const end = new Date(bodyOf({ ...values, expiry: 'date', expiryDate: '2027-03-31' }, now).expiresAt ?? '');
  expect([end.getDate(), end.getHours()]).toEqual([31, 23]);
});

it('has addresses in any way they are pasted, and what is none is refused by its place', () => {
  const body = bodyOf({ ...values, name: 'bot', addresses: '192.0.2.7, 192.0.2.0/24\n2001:db8::/32\n' }, now);
  expect(body.allowedAddresses).toEqual(['192.0.2.7', '192.0.2.0/24', '2001:db8::/32']);
  expect(NewApiKey.safeParse(body).success).toBe(true);
  expect(NewApiKey.safeParse({ ...body, allowedAddresses: ['home'] }).success).toBe(false);
});

it('refuses a day that is missing', () => {
  const body = bodyOf({ ...values, name: 'bot', expiry: 'date' }, now);
  expect(NewApiKey.safeParse(body).error?.issues[0]?.path).toEqual(['expiresAt']);
});

it('comes back as it was', () => {
  const key = {
    id: '01980000-0000-7000-8000-000000000001',
    name: 'bot',
    prefix: 'cat_ab',
    owner: { id: '01980000-0000-7000-8000-000000000002', name: 'alex' },
    scopes: ['console.read'],
    expiresAt: new Date(2027, 2, 31, 23, 59, 59, 999),
    requestsPerMinute: 10,
    allowedAddresses: ['192.0.2.7'],
    lastUsedAt: null,
    lastUsedIp: null,
    createdAt: now,
  };
  const body = bodyOf(valuesOf(key, grantsOf([])), now);
  expect(body).toEqual({
    name: 'bot',
    scopes: ['console.read'],
    expiresAt: key.expiresAt.toISOString(),
    requestsPerMinute: 10,
    allowedAddresses: ['192.0.2.7'],
  });
});
