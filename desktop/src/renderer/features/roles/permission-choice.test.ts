import { permissions, serverPermissions } from '@catalyst/shared/contract/permissions';
import { describe, expect, it } from 'vitest';
import { summaryOfGrants } from './grant-summary.ts';
import { choiceState, grantSame, resourcesOf, toggled, toggledAll } from './permission-choice.ts';

describe('resources', () => {
  it('hold every right once', () => {
    const all = resourcesOf().flatMap((resource) => resource.permissions);
    expect(all.toSorted()).toEqual(permissions.toSorted());
  });

  it('hold only what is offered', () => {
    const names = resourcesOf(serverPermissions).map(({ name }) => name);
    expect(names).toContain('console');
    expect(names).not.toContain('user');
  });
});

describe('a choice', () => {
  it.each([
    [[], 'server.read', 'off'],
    [['server.read'], 'server.read', 'chosen'],
    [['server.*'], 'server.read', 'included'],
    [['server.*'], 'server.*', 'chosen'],
    [['*'], 'server.*', 'included'],
    [['*'], '*', 'chosen'],
    [['admin.users'], 'user.read', 'included'],
    [['admin.users', 'user.read'], 'user.read', 'included'],
  ] as const)('of %j: %s is %s', (chosen, pattern, state) => {
    expect(choiceState(chosen, pattern)).toBe(state);
  });

  it('of a whole resource takes the place of its single rights, and of those only', () => {
    expect(toggled(['server.read', 'console.read'], 'server.*')).toEqual(['console.read', 'server.*']);
    expect(toggled(['user.read'], 'admin.*')).toEqual(['user.read', 'admin.*']);
  });

  it('of everything takes the place of all', () => {
    expect(toggled(['server.*', 'console.read'], '*')).toEqual(['*']);
  });

  it('is taken back', () => {
    expect(toggled(['server.read', 'console.read'], 'server.read')).toEqual(['console.read']);
    expect(toggled(['*'], '*')).toEqual([]);
  });

  it('of all rights leaves the locked ones as they are', () => {
    const names = ['server.read', 'server.start', 'server.delete'] as const;
    const all = toggledAll(['server.read'], names, ['server.read', 'server.delete']);
    expect(all).toEqual(['server.read', 'server.start']);
    expect(toggledAll(all, names, ['server.read', 'server.delete'])).toEqual(['server.read']);
  });
});

it('knows lists that grant the same', () => {
  expect(grantSame(['server.read', 'console.read'], ['console.read', 'server.read'])).toBe(true);
  expect(grantSame(['server.*'], ['server.read'])).toBe(false);
});

it.each([
  [['*'], 'Everything'],
  [[], 'No rights'],
  [['server.*', 'console.read', 'console.write'], 'Servers (all), Console'],
  [['server.read', 'console.read'], 'Look only: Servers, Console'],
  [permissions, 'Servers, Console, Files, Backups, Schedules, Databases and 14 more'],
])('says %j as “%s”', (granted, text) => expect(summaryOfGrants(granted)).toBe(text));
