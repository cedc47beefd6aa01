import { join } from 'node:path';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { bridgeChannel, bridgeEvents, type PanelStatus } from '../bridge.ts';
import type { EmbeddedPanel } from './embedded-panel.ts';
import { choosePage } from './page-choice.ts';
import { pageOwner, statusPageUrl } from './url-policy.ts';
import { secureWebPreferences } from './window-policy.ts';
import { openingBounds, readWindowState, smallestWindow, writeWindowState } from './window-state.ts';

export interface MainWindow {
  /** To the front, out of the task bar. */
  focus(): void;
  /** Loads the panel's page again, when it is running. */
  openPanel(): void;
}

export interface MainWindowOptions {
  panel: EmbeddedPanel;
  /** Keeps what this panel's pages store apart from any other panel's. */
  partition: string;
  statePath: string;
  /** The page of the panel to begin with. */
  landingUrl(origin: string): Promise<string>;
}

/** The one window: it follows the panel, showing its page while it runs and the status page while it does not. */
export function openMainWindow({ panel, partition, statePath, landingUrl }: MainWindowOptions): MainWindow {
  const saved = readWindowState(statePath);
  const window = new BrowserWindow({
    ...openingBounds(
      saved,
      screen.getAllDisplays().map((display) => display.workArea),
    ),
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: 'Catalyst',
    show: false,
    // As the status page, so that nothing flashes.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14171c' : '#f6f7f9',
    autoHideMenuBar: true,
    webPreferences: {
      ...secureWebPreferences,
      partition,
      preload: join(import.meta.dirname, '..', 'preload', 'preload.cjs'),
    },
  });
  if (saved?.isMaximized) window.maximize();
  const { webContents } = window;
  /** The page of the panel the user was on, to come back to. */
  let leftAt: string | undefined;

  window.once('ready-to-show', () => window.show());
  window.on('close', () =>
    writeWindowState(statePath, { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() }),
  );
  webContents.on('did-fail-load', (_event, errorCode, _description, _url, isMainFrame) => {
    const isAborted = errorCode === -3;
    if (isMainFrame && !isAborted) showStatus('#page-failed');
  });
  webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') showStatus('#page-failed');
  });
  const stopFollowing = panel.onStatus(follow);
  window.once('closed', stopFollowing);
  follow(panel.status);

  return {
    focus() {
      if (window.isDestroyed()) return;
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    openPanel() {
      if (panel.status.phase === 'ready') void showPanel(panel.status.origin);
    },
  };

  function follow(status: PanelStatus): void {
    const choice = choosePage(status, webContents.getURL());
    if (choice === 'panel' && status.phase === 'ready') void showPanel(status.origin);
    else if (choice === 'status') showStatus();
    announce(status);
  }

  /** Judged by the page that is really there, which is not yet the one that is being loaded. */
  function announce(status: PanelStatus): void {
    if (webContents.isCrashed()) return;
    const callers: readonly string[] = bridgeEvents.panelStatus.callers;
    const owner = pageOwner(webContents.mainFrame.url, undefined);
    if (owner && callers.includes(owner)) webContents.mainFrame.send(bridgeChannel('panelStatus'), status);
  }

  async function showPanel(origin: string): Promise<void> {
    const landing = await landingUrl(origin);
    if (window.isDestroyed()) return;
    const isSetUp = !landing.includes('#');
    load(isSetUp && leftAt ? `${origin}${leftAt}` : landing);
    leftAt = undefined;
  }

  function showStatus(fragment = ''): void {
    const url = URL.parse(webContents.getURL());
    if (url?.protocol === 'http:') leftAt = url.pathname + url.search;
    load(statusPageUrl + fragment);
  }

  function load(url: string): void {
    // A failure arrives as did-fail-load, too.
    if (!window.isDestroyed()) window.loadURL(url).catch(() => {});
  }
}
