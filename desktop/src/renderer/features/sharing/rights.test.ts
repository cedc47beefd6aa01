import { grantsOf, serverPermissions } from '@catalyst/shared/contract/permissions';
import { subuserPresets } from '@catalyst/shared/features/subusers';
import { describe, expect, it } from 'vitest';
import { isSharedWith, mayChangeSubuser, presetNames, presetOf, presetWithin } from './rights.ts';

const me = { id: 'me', permissions: ['template.read'], nodeIds: null };
const server = { owner: { id: 'other', name: 'other' }, node: { id: 'n1', name: 'attic', online: true } };

it.each(presetNames)('recognises %s in any order', (name) => {
  expect(presetOf(subuserPresets[name].permissions.toReversed())).toBe(name);
});

it('calls everything else no preset', () => {
  expect(presetOf(['server.read', 'server.delete'])).toBeUndefined();
  expect(presetOf([])).toBeUndefined();
});

it('gives of a preset what the giver holds', () => {
  expect(presetWithin('manager', grantsOf(['server.read', 'file.read', 'server.delete']))).toEqual([
    'server.read',
    'file.read',
  ]);
});

describe('a subuser', () => {
  const subuser = (id: string, permissions: string[]) => ({
    user: { id, name: id, email: '', displayName: null },
    permissions,
  });
  it.each([
    ['one with less', serverPermissions, subuser('a', ['server.read']), true],
    ['one with as much', ['server.read'], subuser('a', ['server.read']), true],
    ['one with more', ['server.read'], subuser('a', ['server.read', 'file.write']), false],
    ['oneself', serverPermissions, subuser('me', ['server.read']), false],
  ])('%s', (_name, permissions, target, expected) => {
    expect(mayChangeSubuser({ permissions: [...permissions] }, target, me)).toBe(expected);
  });
});

describe('a server', () => {
  it.each([
    ['of somebody else', me, true],
    ['of one’s own', { ...me, id: 'other' }, false],
    ['that the role shows', { ...me, permissions: ['*'] }, false],
    ['on a node that the role shows', { ...me, permissions: ['server.read'], nodeIds: ['n1'] }, false],
    ['on another node', { ...me, permissions: ['server.read'], nodeIds: ['n2'] }, true],
  ])('%s', (_name, user, expected) => expect(isSharedWith(user, server)).toBe(expected));
});
