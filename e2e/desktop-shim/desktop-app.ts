import type { Frame, Page } from 'playwright-core';

export interface LaunchOptions {
  userData: string;
  /** Started instead of the built panel. */
  panelEntry?: string;
  args?: string[];
}

export interface WindowFacts {
  isVisible: boolean;
  isFocused: boolean;
  isMinimized: boolean;
  bounds: { x: number; y: number; width: number; height: number };
  /** Empty where the app cannot be asked for them. */
  webPreferences: Record<string, unknown>;
}

/** The running desktop app, be it inside Electron or inside the stand-in. */
export interface DesktopApp {
  readonly pid: number;
  /** Resolves with the exit code when the app's process is gone. */
  readonly exited: Promise<number | null>;
  firstWindow(): Promise<Page>;
  windows(): Page[];
  facts(): Promise<WindowFacts[]>;
  minimize(): Promise<void>;
  /** Closes the window as its owner would. */
  closeWindow(): Promise<void>;
  quit(): Promise<void>;
  /** What went to the system's browser and mail program. */
  openedExternally(): Promise<string[]>;
  /** What is on the clipboard. */
  copied(): Promise<string>;
  /** Asks the main process on any channel from any frame, past the preload script; the stand-in only. */
  askRaw?(frame: Frame, channel: string, ...args: unknown[]): Promise<unknown>;
  /** What the app said on its output. */
  output(): string;
  /** Ends it, whatever it takes. */
  [Symbol.asyncDispose](): Promise<void>;
}
