import { api } from '@catalyst/shared/api';
import { clientCalls } from '@catalyst/shared/realtime';
import { expect, it } from 'vitest';
import { actionGroups, actionNames } from './action-strings.ts';

const routes = Object.values(api).flatMap((feature) => Object.values(feature));
const recorded = [
  ...routes.map(({ config }) => ('audit' in config ? config.audit : undefined)),
  ...Object.values(clientCalls).map((call) => ('audit' in call ? call.audit : undefined)),
].filter((action): action is string => typeof action === 'string');

it('has words for every action that is recorded', () => {
  expect(recorded.length).toBeGreaterThan(60);
  expect(recorded.filter((action) => !(action in actionNames))).toEqual([]);
});

it('has each action in a group to choose it from', () => {
  const groups = new Set(Object.keys(actionNames).map((action) => action.split('.')[0] as string));
  expect([...groups].filter((group) => !(group in actionGroups))).toEqual([]);
});
