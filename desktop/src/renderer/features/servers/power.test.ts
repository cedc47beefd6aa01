import { expect, it } from 'vitest';
import { powerChoices } from './power.ts';

const server = {
  state: 'running' as const,
  reason: null,
  permissions: ['server.start', 'server.stop', 'server.restart', 'server.kill'],
  node: { id: 'n', name: 'attic', online: true },
  nextRestartAt: null,
};
const labels = (changes: Partial<Parameters<typeof powerChoices>[0]>) =>
  powerChoices({ ...server, ...changes }).map(({ label }) => label);

it('offers what the state allows, the right one first', () => {
  expect(labels({})).toEqual(['Stop', 'Restart', 'Kill']);
  expect(labels({ state: 'stopped' })).toEqual(['Start']);
  expect(labels({ state: 'stopping' })).toEqual(['Kill']);
  expect(labels({ state: 'suspended' })).toEqual([]);
});

it('says what an action means in a state', () => {
  expect(labels({ state: 'installing' })).toEqual(['Cancel installation']);
  expect(labels({ state: 'crashed' })).toEqual(['Start', 'Stop']);
  expect(labels({ state: 'crashed', nextRestartAt: new Date() })).toEqual(['Start now', 'Stop retrying']);
});

it('offers nothing that the caller may not do', () => {
  expect(labels({ permissions: ['server.restart', 'console.read'] })).toEqual(['Restart']);
  expect(labels({ permissions: [] })).toEqual([]);
  expect(labels({ permissions: ['*'] })).toHaveLength(3);
});

it('offers no start that would be refused', () => {
  expect(labels({ state: 'error', reason: 'install_failed' })).toEqual([]);
  expect(labels({ state: 'stopped', reason: 'install_cancelled' })).toEqual([]);
  expect(labels({ state: 'error', reason: 'start_failed' })).toEqual(['Start']);
});

it('offers nothing while the node is offline', () => {
  expect(labels({ node: { ...server.node, online: false } })).toEqual([]);
});

it('asks before it kills', () => {
  const asking = powerChoices(server).filter(({ needsConfirmation }) => needsConfirmation);
  expect(asking.map(({ action }) => action)).toEqual(['kill']);
});
