import type { BridgeCallName, BridgeEventName, CatalystBridge, PanelStatus } from '../bridge.ts';

/** Of Electron's ipcRenderer, what the bridge needs. */
export interface IpcRendererHost {
  invoke(channel: string, ...args: unknown[]): Promise<unknown>;
  on(channel: string, listener: (event: unknown, payload: unknown) => void): unknown;
  off(channel: string, listener: (event: unknown, payload: unknown) => void): unknown;
}

/** Every call of the contract, by name only: its schemas stay in the main process, which checks, and out of every page. */
const calls: Record<BridgeCallName, true> = {
  appInfo: true,
  openLogs: true,
  panelStatus: true,
  retryPanel: true,
  copyFailure: true,
};

/** What a page gets to see: functions that name their call themselves, never the channel. */
export function exposedBridge(ipc: IpcRendererHost): CatalystBridge {
  const functions = Object.keys(calls).map((name) => [
    name,
    async (input: unknown) => readAnswer(await ipc.invoke(channelOf(name as BridgeCallName), input)),
  ]);
  return {
    ...Object.fromEntries(functions),
    onPanelStatus(listener) {
      const listen = (_event: unknown, payload: unknown) => listener(payload as PanelStatus);
      ipc.on(channelOf('panelStatus'), listen);
      return () => {
        ipc.off(channelOf('panelStatus'), listen);
      };
    },
  };
}

function readAnswer(answer: unknown): unknown {
  const { value, error } = answer as { value?: unknown; error?: { message: string } };
  // Only the message of an error gets through to the page.
  if (error) throw new Error(error.message);
  return value;
}

/** As `bridgeChannel`, which would bring the schemas along. */
const channelOf = (name: BridgeCallName | BridgeEventName) => `catalyst:${name}`;
