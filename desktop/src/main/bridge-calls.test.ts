import { AppError } from '@catalyst/shared/contract/errors';
import { describe, expect, it, vi } from 'vitest';
import { type BridgeCallName, bridgeCalls, bridgeChannel } from '../bridge.ts';
import { answerBridge, type BridgeHandlers, type IpcEvent } from './bridge-calls.ts';

const panel = 'http://127.0.0.1:4100/';
const shell = 'catalyst-shell://app/status.html';
const owners: Record<string, 'shell' | 'panel'> = { [panel]: 'panel', [shell]: 'shell' };

function bridge(overrides: Partial<BridgeHandlers> = {}) {
  const called: string[] = [];
  const note =
    <T>(name: string, answer: T) =>
    () => {
      called.push(name);
      return answer;
    };
  const onBug = vi.fn();
  const channels = new Map<string, (event: IpcEvent, ...args: unknown[]) => unknown>();
  answerBridge(
    { handle: (channel, listener) => channels.set(channel, listener) },
    {
      appInfo: note('appInfo', { version: '1.2.3', electron: '45.4.1', platform: 'linux' }),
      openLogs: note('openLogs', undefined),
      panelStatus: note('panelStatus', { phase: 'starting' as const, attempt: 1 }),
      retryPanel: note('retryPanel', undefined),
      copyFailure: note('copyFailure', undefined),
      ...overrides,
    },
    { ownerOf: (url) => owners[url], onBug },
  );
  const ask = (name: BridgeCallName, senderFrame: IpcEvent['senderFrame'], ...args: unknown[]) =>
    channels.get(bridgeChannel(name))?.({ senderFrame }, ...args);
  return { ask, called, channels, onBug };
}
const topFrame = (url: string) => ({ url, parent: null });
const names = Object.keys(bridgeCalls) as BridgeCallName[];
const refused = { error: expect.objectContaining({ code: 'forbidden' }) };
const malformed = { error: expect.objectContaining({ code: 'invalid_input' }) };

it('answers every call of the contract', () => {
  expect([...bridge().channels.keys()].sort()).toEqual(names.map(bridgeChannel).sort());
});

describe.each(names)('%s', (name) => {
  const callers: readonly string[] = bridgeCalls[name].callers;

  it.each([
    ['shell', shell],
    ['panel', panel],
  ])('may be asked by a page of the %s exactly when the contract says so', async (owner, url) => {
    const { ask, called } = bridge();
    const answer = await ask(name, topFrame(url), undefined);
    if (callers.includes(owner)) {
      expect(answer).toHaveProperty('value');
      expect(called).toEqual([name]);
    } else {
      expect(answer).toEqual(refused);
      expect(called).toEqual([]);
    }
  });

  it.each([
    ['a foreign page', topFrame('https://evil.example/')],
    ['a frame inside a page', { url: shell, parent: topFrame(shell) }],
    ['a frame of the panel inside a foreign page', { url: panel, parent: topFrame('https://evil.example/') }],
    ['an empty page', topFrame('about:blank')],
    ['a frame that is gone', null],
  ])('refuses %s', async (_name, frame) => {
    const { ask, called } = bridge();
    expect(await ask(name, frame, undefined)).toEqual(refused);
    expect(called).toEqual([]);
  });

  it.each([
    ['a string', ['../../etc/passwd']],
    ['null', [null]],
    ['a poisoned object', [JSON.parse('{"__proto__":{"isAdmin":true}}')]],
    ['an array', [[1, 2, 3]]],
    ['too many arguments', [undefined, undefined]],
  ])('refuses %s', async (_name, args) => {
    const { ask, called } = bridge();
    const url = callers.includes('shell') ? shell : panel;
    expect(await ask(name, topFrame(url), ...args)).toEqual(malformed);
    expect(called).toEqual([]);
  });
});

it('passes on what a person can act on, and keeps the rest to itself', async () => {
  const refusing = bridge({
    openLogs: () => {
      throw new AppError('not_found', 'There is no log yet');
    },
  });
  expect(await refusing.ask('openLogs', topFrame(panel))).toMatchObject({
    error: { code: 'not_found', message: 'There is no log yet' },
  });
  const broken = bridge({
    openLogs: () => {
      throw new TypeError('cannot read /home/ann/secret');
    },
  });
  const answer = await broken.ask('openLogs', topFrame(panel));
  expect(answer).toMatchObject({ error: { code: 'internal' } });
  expect(JSON.stringify(answer)).not.toContain('secret');
  expect(broken.onBug).toHaveBeenCalledWith('openLogs', expect.any(TypeError));
});
