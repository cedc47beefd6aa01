import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Frame } from 'playwright-core';
import { openChannel } from './channel.ts';
import type { DesktopApp, LaunchOptions, WindowFacts } from './desktop-app.ts';
import { WindowHost } from './window-host.ts';

const desktop = fileURLToPath(new URL('../../desktop', import.meta.url));

/** By user-data folder: whom a second instance wakes. */
const running = new Map<string, (argv: string[]) => void>();

/** Runs the built app, unchanged, in a process of its own that finds our stand-in under the name `electron`. */
export function launchInStandIn(
  browser: Browser,
  { userData, panelEntry, args = [] }: LaunchOptions,
): DesktopApp {
  const child = spawn(
    process.execPath,
    [
      '--import',
      new URL('./register.js', import.meta.url).href,
      join(desktop, 'dist', 'main', 'main.js'),
      ...args,
    ],
    {
      env: {
        ...process.env,
        CATALYST_DESKTOP_USER_DATA: userData,
        ...(panelEntry && { CATALYST_DESKTOP_PANEL: panelEntry }),
        DESKTOP_SHIM: JSON.stringify({ appPath: desktop, userData: join(userData, 'unused') }),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  const records: { kind: string; value: string }[] = [];
  const opened = Promise.withResolvers<void>();

  const channel = openChannel(
    {
      send: (message) => child.connected && child.send(message),
      onMessage: (listener) => void child.on('message', listener),
    },
    {
      ready: () => {
        running.set(userData, (argv) => void channel.ask('secondInstance', { argv }));
      },
      secondInstance: (second: { userData: string; argv: string[] }) =>
        running.get(second.userData)?.(second.argv),
      record: (entry: { kind: string; value: string }) => records.push(entry),
      quit: () => {},
      createWindow: async (window: { id: number; partition: string; preload: string }) => {
        await host.methods.createWindow(window);
        opened.resolve();
      },
      load: (window: { id: number; url: string }) => host.methods.load(window),
      send: (message: { id: number; channel: string; args: unknown[] }) => host.methods.send(message),
      destroyWindow: (window: { id: number }) => host.methods.destroyWindow(window),
    },
  );
  const host = new WindowHost(browser, channel.ask);
  const exited = once(child, 'exit').then(([code]) => {
    if (child.pid === undefined) throw new Error('The app did not start');
    opened.reject(new Error(`The app ended with ${code} before it opened a window:\n${output}`));
    channel.end();
    // Nobody waits for its pages; the end of the browser ends what is left of them.
    void host.close().catch(() => {});
    return code as number | null;
  });
  opened.promise.catch(() => {});

  return {
    pid: child.pid as number,
    exited,
    async firstWindow() {
      await opened.promise;
      return host.pages[0] as NonNullable<(typeof host.pages)[0]>;
    },
    windows: () => host.pages,
    facts: () => channel.ask<WindowFacts[]>('facts'),
    minimize: () => channel.ask('minimize'),
    closeWindow: () => channel.ask('closeWindow'),
    quit: () => channel.ask('quit'),
    openedExternally: async () =>
      records.filter(({ kind }) => kind === 'openExternal').map(({ value }) => value),
    copied: async () => records.findLast(({ kind }) => kind === 'clipboard')?.value ?? '',
    askRaw: (frame: Frame, name: string, ...values: unknown[]) =>
      frame.evaluate(
        ([channelName, channelArgs]) =>
          (
            window as unknown as {
              __desktopShimInvoke(name: string, args: unknown[]): Promise<{ value?: unknown }>;
            }
          )
            .__desktopShimInvoke(channelName, channelArgs)
            .then((answer) => answer.value),
        [name, values] as [string, unknown[]],
      ),
    output: () => output,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
