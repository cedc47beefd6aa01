import { expect, it } from 'vitest';
import { formOf, toChanges, toNew, validate } from './provider-form.ts';

const form = { ...formOf(), name: 'Company', issuer: 'https://id.example.org', clientId: 'catalyst' };

it('asks for a provider without what was left empty', () => {
  expect(toNew(form)).toEqual({
    name: 'Company',
    issuer: 'https://id.example.org',
    clientId: 'catalyst',
    scopes: ['openid', 'email', 'profile'],
    isEnabled: true,
    allowCreate: false,
    isTrusted: false,
    skipsFactor: false,
    groupClaim: null,
    groupRoles: [],
  });
  expect(toNew({ ...form, clientSecret: 'typed' })).toMatchObject({ clientSecret: 'typed' });
});

it('never changes the issuer, nor a secret that was not typed', () => {
  const changes = toChanges({ ...form, issuer: 'https://other.example.org' });
  expect(changes).not.toHaveProperty('issuer');
  expect(changes).not.toHaveProperty('clientSecret');
});

it('says what the panel would refuse', () => {
  expect(validate(form, true)).toEqual({});
  const issues = validate(
    { ...form, name: ' ', issuer: 'id', clientId: '', groupRoles: [{ group: ' ', roleId: '' }] },
    true,
  );
  expect(Object.keys(issues).sort()).toEqual([
    'clientId',
    'groupRoles.0.group',
    'groupRoles.0.roleId',
    'issuer',
    'name',
  ]);
});
