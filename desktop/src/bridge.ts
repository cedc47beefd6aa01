import type { Call, Event } from '@catalyst/shared/contract/rpc';
import { z } from 'zod';

/** Whose page is asking: the app's own status page, or the interface that the embedded panel serves. */
export type BridgeCaller = 'shell' | 'panel';
type BridgeCall = Call & { callers: readonly BridgeCaller[] };
type BridgeEvent = Event & { callers: readonly BridgeCaller[] };

export const AppInfo = z.strictObject({ version: z.string(), electron: z.string(), platform: z.string() });
export type AppInfo = z.output<typeof AppInfo>;

export const PanelFailure = z.strictObject({
  reason: z.string(),
  /** The last lines the panel wrote, without the set-up code. */
  lastLines: z.string(),
  logPath: z.string(),
});
export type PanelFailure = z.output<typeof PanelFailure>;

export const PanelStatus = z.discriminatedUnion('phase', [
  z.strictObject({
    phase: z.literal('starting'),
    attempt: z.int().min(1),
    /** Why the attempt before this one failed. */
    failure: PanelFailure.optional(),
  }),
  z.strictObject({ phase: z.literal('ready'), origin: z.url() }),
  z.strictObject({ phase: z.literal('waiting'), retryInMs: z.int().min(0), failure: PanelFailure }),
  z.strictObject({ phase: z.literal('failed'), failure: PanelFailure }),
  z.strictObject({ phase: z.literal('stopped') }),
]);
export type PanelStatus = z.output<typeof PanelStatus>;

/** What the window may ask of the main process. A call is a function of the same name on `window.catalystBridge`. */
export const bridgeCalls = {
  appInfo: {
    input: z.undefined(),
    output: AppInfo,
    summary: 'The versions of the app and of Electron',
    callers: ['shell', 'panel'],
  },
  openLogs: {
    input: z.undefined(),
    output: z.void(),
    summary: "Show the folder with the app's logs",
    callers: ['shell', 'panel'],
  },
  panelStatus: {
    input: z.undefined(),
    output: PanelStatus,
    summary: 'How the embedded panel is doing',
    callers: ['shell'],
  },
  retryPanel: {
    input: z.undefined(),
    output: z.void(),
    summary: 'Start the embedded panel again now, or open its page again',
    callers: ['shell'],
  },
  copyFailure: {
    input: z.undefined(),
    output: z.void(),
    summary: 'Put what went wrong with the panel on the clipboard',
    callers: ['shell'],
  },
} as const satisfies Record<string, BridgeCall>;

/** What the main process announces to the window; heard through `on…` of `window.catalystBridge`. */
export const bridgeEvents = {
  panelStatus: { payload: PanelStatus, summary: 'The embedded panel changed its state', callers: ['shell'] },
} as const satisfies Record<string, BridgeEvent>;

export type BridgeCallName = keyof typeof bridgeCalls;
export type BridgeEventName = keyof typeof bridgeEvents;

export const bridgeChannel = (name: BridgeCallName | BridgeEventName): string => `catalyst:${name}`;

type Argument<Name extends BridgeCallName> = z.input<(typeof bridgeCalls)[Name]['input']>;
type Answer<Name extends BridgeCallName> = z.output<(typeof bridgeCalls)[Name]['output']>;

/** What pages see. It is absent in a browser; a call rejects with an Error whose message is for the person at the screen. */
export type CatalystBridge = {
  [Name in BridgeCallName]: (
    ...input: undefined extends Argument<Name> ? [] : [Argument<Name>]
  ) => Promise<Answer<Name>>;
} & {
  /** Gives the way to stop listening. */
  onPanelStatus(listener: (status: PanelStatus) => void): () => void;
};

declare global {
  interface Window {
    readonly catalystBridge?: CatalystBridge;
  }
}
