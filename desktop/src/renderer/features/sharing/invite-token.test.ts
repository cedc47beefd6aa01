import { beforeEach, expect, it } from 'vitest';
import { forgetInvite, inviteTokenOf } from './invite-token.ts';

let kept: Map<string, string>;
let storage: Storage;

beforeEach(() => {
  kept = new Map();
  storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  } as Storage;
});

it('is in the fragment, and still known when its reader comes back from signing in', () => {
  expect(inviteTokenOf('#abc', storage)).toBe('abc');
  expect(inviteTokenOf('', storage)).toBe('abc');
});

it('of a newer link takes the place of the older', () => {
  inviteTokenOf('#abc', storage);
  expect(inviteTokenOf('#def', storage)).toBe('def');
  expect(inviteTokenOf('', storage)).toBe('def');
});

it('is gone once the invitation is answered', () => {
  inviteTokenOf('#abc', storage);
  forgetInvite(storage);
  expect(inviteTokenOf('', storage)).toBeNull();
});
