import { AppError } from '@catalyst/shared/contract/errors';
import { answerCalls, type CallHandlers } from '@catalyst/shared/contract/rpc';
import { type BridgeCaller, type BridgeCallName, bridgeCalls, bridgeChannel } from '../bridge.ts';

/** Of Electron's ipcMain, what the bridge needs. */
export interface IpcHost {
  handle(channel: string, listener: (event: IpcEvent, ...args: unknown[]) => unknown): void;
}
export interface IpcEvent {
  /** Null when the frame is gone or went elsewhere meanwhile. */
  senderFrame: { url: string; parent: unknown } | null;
}

export type BridgeHandlers = CallHandlers<typeof bridgeCalls>;

/**
 * Answers the calls of `bridge.ts`. The frame that asks is looked at on every call: it must be the top one of a page whose
 * owner may make this call. Answers are `{ value }` or an error body, because thrown errors lose their shape on the way.
 */
export function answerBridge(
  ipc: IpcHost,
  handlers: BridgeHandlers,
  options: { ownerOf(url: string): BridgeCaller | undefined; onBug(name: string, error: unknown): void },
): void {
  answerCalls(
    {
      on(name, listener) {
        ipc.handle(bridgeChannel(name as BridgeCallName), (event, input, ...more) => {
          const refusal = refuse(event, name as BridgeCallName, more);
          return refusal?.toBody('') ?? new Promise((answer) => listener(input, answer));
        });
      },
      off() {},
      emit() {},
    },
    bridgeCalls,
    handlers,
    { onBug: options.onBug },
  );

  function refuse({ senderFrame }: IpcEvent, name: BridgeCallName, more: unknown[]): AppError | undefined {
    const owner = senderFrame?.parent === null ? options.ownerOf(senderFrame.url) : undefined;
    const callers: readonly BridgeCaller[] = bridgeCalls[name].callers;
    if (!owner || !callers.includes(owner))
      return new AppError('forbidden', 'This page may not ask for that');
    if (more.length > 0) return new AppError('invalid_input', 'The message does not have the expected shape');
    return undefined;
  }
}
