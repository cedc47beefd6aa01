import { externalTarget, isOwnFrameContent, pageOwner } from './url-policy.ts';

/** How every window is made; said in full, so that a changed default changes nothing here. */
export const secureWebPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const;

interface Preventable {
  preventDefault(): void;
}
interface Navigation extends Preventable {
  url: string;
  isMainFrame: boolean;
}

/** Of Electron's WebContents, what the policy needs. */
export interface ContentsHost {
  on(event: 'will-frame-navigate', listener: (navigation: Navigation) => void): unknown;
  on(event: 'will-redirect', listener: (navigation: Navigation) => void): unknown;
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown;
  on(event: 'input-event', listener: (event: Preventable, input: { type: string }) => void): unknown;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: 'deny' }): void;
}

export interface WindowPolicyOptions {
  /** Of the panel that runs now. */
  panelOrigin(): string | undefined;
  openExternal(url: string): void;
  now?: () => number;
}

/** As long as Chromium lets a page act on one click or key. */
const gestureLastsMs = 5000;
const gestures = new Set(['mouseDown', 'keyDown', 'rawKeyDown', 'touchStart', 'gestureTap']);

/**
 * Keeps a window on its panel. Whatever leads elsewhere is refused; a web page or mail address that the user asked for
 * opens in the system's own program, one for each click or key.
 */
export function keepToPanel(contents: ContentsHost, options: WindowPolicyOptions): void {
  const { panelOrigin, openExternal, now = () => performance.now() } = options;
  let gestureAt = Number.NEGATIVE_INFINITY;

  contents.on('input-event', (_event, { type }) => {
    if (gestures.has(type)) gestureAt = now();
  });
  contents.on('will-frame-navigate', (navigation) => {
    if (mayShow(navigation)) return;
    navigation.preventDefault();
    if (navigation.isMainFrame) offerExternally(navigation.url);
  });
  contents.on('will-redirect', (navigation) => {
    if (!mayShow(navigation)) navigation.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    offerExternally(url);
    return { action: 'deny' };
  });

  /** The status page is opened by the app itself, which asks nobody here: no page may lead to it. */
  function mayShow({ url, isMainFrame }: Navigation): boolean {
    return isMainFrame ? pageOwner(url, panelOrigin()) === 'panel' : isOwnFrameContent(url, panelOrigin());
  }

  function offerExternally(url: string): void {
    const target = externalTarget(url);
    if (!target || now() - gestureAt > gestureLastsMs) return;
    gestureAt = Number.NEGATIVE_INFINITY;
    openExternal(target);
  }
}
