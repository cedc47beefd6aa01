import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { _electron as electron } from 'playwright-core';
import type { DesktopApp, LaunchOptions, WindowFacts } from './desktop-app.ts';

const desktop = fileURLToPath(new URL('../../desktop', import.meta.url));

/** Runs the built app in the Electron binary that REAL_ELECTRON names. */
export async function launchInElectron({
  userData,
  panelEntry,
  args = [],
}: LaunchOptions): Promise<DesktopApp> {
  const app = await electron.launch({
    executablePath: process.env.REAL_ELECTRON,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), desktop, ...args],
    env: {
      ...(process.env as Record<string, string>),
      CATALYST_DESKTOP_USER_DATA: userData,
      ...(panelEntry && { CATALYST_DESKTOP_PANEL: panelEntry }),
    },
  });
  const child = app.process();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  await app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { openedExternally: opened });
    shell.openExternal = async (url) => void opened.push(url);
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);

  return {
    pid: child.pid as number,
    exited,
    firstWindow: () => app.firstWindow(),
    windows: () => app.windows(),
    facts: () =>
      app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map(
          (window): WindowFacts => ({
            isVisible: window.isVisible(),
            isFocused: window.isFocused(),
            isMinimized: window.isMinimized(),
            bounds: window.getNormalBounds(),
            webPreferences: {},
          }),
        ),
      ),
    minimize: () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize()),
    closeWindow: () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
    quit: () => app.evaluate(({ app: main }) => main.quit()),
    openedExternally: () =>
      app.evaluate(() => (globalThis as unknown as { openedExternally: string[] }).openedExternally),
    copied: () => app.evaluate(({ clipboard }) => clipboard.readText()),
    output: () => output,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
