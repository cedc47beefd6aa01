import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../browser.ts';
import type { DesktopApp, LaunchOptions } from './desktop-app.ts';
import { launchInElectron } from './launch-electron.ts';
import { launchInStandIn } from './launch-stand-in.ts';

const desktop = fileURLToPath(new URL('../../desktop', import.meta.url));

/** A real binary, where there is one, by REAL_ELECTRON=/path/to/electron. */
export const realElectron = process.env.REAL_ELECTRON;

/** The same specs drive the app inside Electron and inside the stand-in. */
export class DesktopLauncher {
  #browser: Promise<Browser> | undefined;

  async launch(options: LaunchOptions): Promise<DesktopApp> {
    if (realElectron) return launchInElectron(options);
    this.#browser ??= launchBrowser();
    return launchInStandIn(await this.#browser, options);
  }

  /** Starts the app while it is running already; gives the exit code of the second one. */
  async launchAgain(options: LaunchOptions): Promise<number | null> {
    if (!realElectron) return (await this.launch(options)).exited;
    const again = spawn(realElectron, ['--no-sandbox', desktop, ...(options.args ?? [])], {
      env: { ...process.env, CATALYST_DESKTOP_USER_DATA: options.userData },
      stdio: 'ignore',
    });
    const [code] = await once(again, 'exit');
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#browser)?.close();
  }
}

/** The bundles of today's sources, whoever runs the specs. */
export async function buildDesktopShell(): Promise<void> {
  const { buildShell } = await import(new URL('../../desktop/build-shell.js', import.meta.url).href);
  await buildShell();
}
