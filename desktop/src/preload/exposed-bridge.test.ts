import { expect, it } from 'vitest';
import { type BridgeCallName, bridgeCalls, bridgeChannel, type PanelStatus } from '../bridge.ts';
import { exposedBridge } from './exposed-bridge.ts';

function withIpc(answer: unknown = { value: undefined }) {
  const asked: unknown[][] = [];
  const listeners = new Map<string, Set<(event: unknown, payload: unknown) => void>>();
  const bridge = exposedBridge({
    invoke: async (...args) => {
      asked.push(args);
      return answer;
    },
    on: (channel, listener) => listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener)),
    off: (channel, listener) => listeners.get(channel)?.delete(listener),
  });
  const announce = (channel: string, payload: unknown) => {
    for (const listener of listeners.get(channel) ?? []) listener({ sender: 'everything' }, payload);
  };
  return { bridge, asked, announce };
}
const names = Object.keys(bridgeCalls) as BridgeCallName[];

it('exposes the contract and nothing else', () => {
  expect(Object.keys(withIpc().bridge).sort()).toEqual([...names, 'onPanelStatus'].sort());
});

it.each(names)('asks %s on its own channel', async (name) => {
  const { bridge, asked } = withIpc();
  await bridge[name]();
  expect(asked).toEqual([[bridgeChannel(name), undefined]]);
});

it('passes one argument at most', async () => {
  const { bridge, asked } = withIpc();
  await (bridge.openLogs as (...args: unknown[]) => Promise<void>)('junk', 'more', 'catalyst:other');
  expect(asked).toEqual([[bridgeChannel('openLogs'), 'junk']]);
});

it('gives the value, or throws the sentence', async () => {
  const info = { version: '1.2.3', electron: '45.4.1', platform: 'linux' };
  expect(await withIpc({ value: info }).bridge.appInfo()).toEqual(info);
  const refused = withIpc({
    error: { code: 'forbidden', message: 'This page may not ask for that', requestId: '' },
  });
  await expect(refused.bridge.appInfo()).rejects.toThrow(new Error('This page may not ask for that'));
});

it('hands over announcements without the event that carries them, until told to stop', () => {
  const { bridge, announce } = withIpc();
  const seen: unknown[][] = [];
  const stop = bridge.onPanelStatus((...args: [PanelStatus]) => seen.push(args));
  announce(bridgeChannel('panelStatus'), { phase: 'stopped' });
  stop();
  announce(bridgeChannel('panelStatus'), { phase: 'starting', attempt: 1 });
  expect(seen).toEqual([[{ phase: 'stopped' }]]);
});
