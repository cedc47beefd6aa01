import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {} from '../../desktop/src/bridge.ts';
import type { DesktopApp } from '../desktop-shim/desktop-app.ts';
import { buildDesktopShell, DesktopLauncher, realElectron } from '../desktop-shim/launch.ts';
import { isAlive, until } from '../product.ts';

// The built main process and preload script of the desktop app, inside Electron where REAL_ELECTRON names a binary, else
// inside a stand-in for the module `electron`. What the stand-in cannot prove is listed in docs/desktop.md.

const root = fileURLToPath(new URL('../..', import.meta.url));
const fakePanel = join(root, 'desktop', 'src', 'main', 'testing', 'fake-panel.js');
const builtPanel = [
  'panel-server/dist/main.js',
  'agent/dist/main.js',
  'desktop/dist/renderer/index.html',
].every((path) => existsSync(join(root, path)));
console.log(`Desktop shell: ${realElectron ? `in ${realElectron}` : 'in the stand-in for Electron'}`);
console.log(
  `Desktop shell: ${builtPanel ? 'the built panel and a fake one' : 'a fake panel only, none is built'}`,
);

const launcher = new DesktopLauncher();
let userData: string;
let apps: DesktopApp[];

beforeAll(buildDesktopShell);
afterAll(() => launcher[Symbol.asyncDispose]());
beforeEach(() => {
  userData = mkdtempSync(join(tmpdir(), 'desktop-shell-'));
  apps = [];
});
afterEach(async () => {
  for (const app of apps) {
    await app.quit().catch(() => {});
    await until('the app has ended', () => !isAlive(app.pid), 20_000).catch(() => {});
    await app[Symbol.asyncDispose]();
  }
  const agentPid = readAgentPid();
  if (agentPid && isOurs(agentPid)) process.kill(agentPid, 'SIGKILL');
  rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
});

async function start(panelEntry: string | undefined = fakePanel): Promise<{ app: DesktopApp; page: Page }> {
  const app = await launcher.launch({ userData, panelEntry });
  apps.push(app);
  return { app, page: await app.firstWindow() };
}
const inData = (...names: string[]) => join(userData, 'catalyst', ...names);
const origin = () => `http://127.0.0.1:${readFileSync(inData('run', 'port'), 'utf8').trim()}`;
const fakePanelPids = () => readFileSync(inData('starts'), 'utf8').trim().split('\n').map(Number);
const showsPanel = async (page: Page) =>
  until(
    'the window shows the panel',
    async () => page.url().startsWith(`${origin()}/`) && (await page.title()) !== '',
  );

function readAgentPid(): number | undefined {
  try {
    return JSON.parse(readFileSync(inData('agent', 'agent.lock'), 'utf8')).pid;
  } catch {
    return undefined;
  }
}

/** The panel of this test: the child of the app that was given this test's data folder. */
function panelPid(): number | undefined {
  if (existsSync(inData('starts'))) return fakePanelPids().findLast(isAlive);
  const app = apps[0]?.pid;
  const children = readFileSync(`/proc/${app}/task/${app}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
  return children.map(Number).find(isOurs);
}

/** Whether a process was given this test's data folder; process ids are used again. */
function isOurs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`CATALYST_DATA_DIR=${inData()}\0`);
  } catch {
    return false;
  }
}

describe.each([
  { name: 'a fake panel', entry: fakePanel, isThere: true },
  { name: 'the built panel (skipped where there is none)', entry: undefined, isThere: builtPanel },
])('with $name', ({ entry, isThere }) => {
  it.runIf(isThere)(
    'opens on set-up, survives the death of the panel, and leaves no process behind',
    async () => {
      const { app, page } = await start(entry);
      await showsPanel(page);
      expect(new URL(page.url()).pathname).toBe('/setup');
      const firstPid = panelPid() as number;

      process.kill(firstPid, 'SIGKILL');
      await until('another panel runs', () => {
        const pid = panelPid();
        return pid !== undefined && pid !== firstPid;
      });
      await until('the page of the panel answers again', () =>
        page.evaluate(async () => (await fetch('/health')).status === 200),
      );
      await showsPanel(page);

      const secondPid = panelPid() as number;
      await app.quit();
      expect(await app.exited).toBe(0);
      expect([firstPid, secondPid].filter(isAlive)).toEqual([]);
    },
  );
});

describe('one app for one person', () => {
  it('brings the running window to the front when started again', async () => {
    const { app, page } = await start();
    await showsPanel(page);
    await app.minimize();
    await until('the window is minimised', async () => (await app.facts())[0]?.isMinimized === true);
    expect(
      await launcher.launchAgain({ userData, panelEntry: fakePanel, args: ['--inspect', 'catalyst://x'] }),
    ).toBe(0);
    await until('the first window is in front', async () => {
      const [window] = await app.facts();
      return window?.isMinimized === false && window.isFocused && window.isVisible;
    });
    expect(await app.facts()).toHaveLength(1);
    expect(fakePanelPids()).toHaveLength(1);
  });

  it('ends with its window, and remembers where it was', async () => {
    const { app, page } = await start();
    await showsPanel(page);
    const pid = panelPid() as number;
    await app.closeWindow();
    expect(await app.exited).toBe(0);
    expect(isAlive(pid)).toBe(false);
    expect(readFileSync(inData('ended-cleanly'), 'utf8')).toBe(String(pid));
    expect(JSON.parse(readFileSync(join(userData, 'window.json'), 'utf8'))).toMatchObject({
      isMaximized: false,
    });

    writeFileSync(
      join(userData, 'window.json'),
      JSON.stringify({ bounds: { x: 100, y: 120, width: 900, height: 700 }, isMaximized: false }),
    );
    writeFileSync(inData('has-admin'), '');
    const again = await start();
    await showsPanel(again.page);
    expect((await again.app.facts())[0]?.bounds).toEqual({ x: 100, y: 120, width: 900, height: 700 });
    expect(new URL(again.page.url()).pathname).toBe('/');
  });

  it('ends the panel when the app is killed', async () => {
    const { app, page } = await start();
    await showsPanel(page);
    const pid = panelPid() as number;
    process.kill(app.pid, 'SIGKILL');
    await app.exited;
    await until('the panel has ended', () => !isAlive(pid));
    expect(readFileSync(inData('ended-cleanly'), 'utf8')).toBe(String(pid));
  });
});

describe('a window that stays on its panel', () => {
  let foreign: Server;
  let foreignUrl: string;
  let visits: string[];

  beforeEach(async () => {
    visits = [];
    foreign = createServer((request, response) => {
      visits.push(request.url ?? '');
      response.setHeader('content-type', 'text/html').end('<title>Foreign</title>');
    });
    await new Promise<void>((listening) => foreign.listen(0, '127.0.0.1', listening));
    foreignUrl = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`;
  });
  afterEach(() => foreign.close());

  it('is sandboxed, isolated and without Node', async () => {
    const { app, page } = await start();
    await showsPanel(page);
    expect(
      await page.evaluate(() =>
        ['require', 'process', 'module', 'electron', 'ipcRenderer'].filter((name) => name in window),
      ),
    ).toEqual([]);
    if (realElectron) return;
    expect((await app.facts())[0]?.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      partition: 'persist:embedded-panel',
    });
  });

  it('goes nowhere else by script, link, form, refresh, redirect or frame', async () => {
    const { page } = await start();
    await showsPanel(page);
    await page.goto(`${origin()}/lax`);
    const attempts: Record<string, (url: string) => void> = {
      script: (url) => location.assign(url),
      replace: (url) => location.replace(url),
      link: (url) => Object.assign(document.createElement('a'), { href: url }).click(),
      form: (url) => {
        const form = Object.assign(document.createElement('form'), { action: url, method: 'post' });
        document.body.append(form);
        form.submit();
      },
      refresh: (url) => {
        const meta = Object.assign(document.createElement('meta'), {
          httpEquiv: 'refresh',
          content: `0;url=${url}`,
        });
        document.head.append(meta);
      },
      redirect: (url) => location.assign(`/leave?to=${encodeURIComponent(url)}`),
      frame: (url) => document.body.append(Object.assign(document.createElement('iframe'), { src: url })),
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      const refused = page.waitForEvent('requestfailed', (request) => request.isNavigationRequest());
      await page.evaluate(attempt, `${foreignUrl}${name}`);
      await refused;
      expect(page.url(), name).toBe(`${origin()}/lax`);
    }
    expect(visits).toEqual([]);
    await page.evaluate(() => location.assign('/servers'));
    await until('a page of the panel opens', () => page.url() === `${origin()}/servers`);
  });

  it('opens web pages in the browser of the system, when somebody clicked, and nothing else', async () => {
    const { app, page } = await start();
    await showsPanel(page);
    const open = (url: string) => page.evaluate((target) => window.open(target) === null, url);

    expect(await open('https://example.com/unasked')).toBe(true);
    for (const url of [
      'file:///etc/passwd',
      'smb://server/share',
      'ms-msdt:/x',
      'javascript:alert(1)',
      foreignUrl,
    ]) {
      await page.locator('h1').click();
      expect(await open(url), url).toBe(true);
    }
    await page.locator('h1').click();
    await open('https://example.com/asked');
    await open('https://example.com/a-second-for-one-click');
    await page.locator('#new-window').click();
    await until(
      'the link with a target was handed over',
      async () => (await app.openedExternally()).length === 2,
    );
    await page.locator('#web').click();
    await until('the plain link was handed over', async () => (await app.openedExternally()).length === 3);

    expect(await app.openedExternally()).toEqual([
      'https://example.com/asked',
      'https://example.com/popup',
      'https://example.com/docs',
    ]);
    expect(app.windows()).toHaveLength(1);
    expect(new URL(page.url()).pathname).toBe('/setup');
    expect(visits).toEqual([]);
    await page.locator('#inside').click();
    await until('a link inside the panel works', () => new URL(page.url()).pathname === '/servers');
  });
});

describe('the bridge', () => {
  it('answers the page of the panel what it may ask, and refuses the rest', async () => {
    const { page } = await start();
    await showsPanel(page);
    const { version } = JSON.parse(readFileSync(join(root, 'desktop', 'package.json'), 'utf8'));
    expect(await page.evaluate(() => window.catalystBridge?.appInfo())).toMatchObject({
      version,
      platform: process.platform,
    });
    const refusal = (name: string, ...args: unknown[]) =>
      page.evaluate(
        async ([call, values]) => {
          const bridge = window.catalystBridge as unknown as Record<
            string,
            (...args: unknown[]) => Promise<unknown>
          >;
          return bridge[call]?.(...values).then(
            () => 'answered',
            (error: Error) => error.message,
          );
        },
        [name, args] as [string, unknown[]],
      );
    expect(await refusal('panelStatus')).toBe('This page may not ask for that');
    expect(await refusal('retryPanel')).toBe('This page may not ask for that');
    expect(await refusal('appInfo', { path: '../../etc/passwd' })).toBe(
      'The message does not have the expected shape',
    );
    expect(await page.evaluate(() => Object.isFrozen(window.catalystBridge))).toBe(true);
  });

  it('is not there for a frame inside a page, nor answered when one asks past it', async () => {
    const { app, page } = await start();
    await showsPanel(page);
    await page.evaluate(() => {
      const frame = document.createElement('iframe');
      frame.srcdoc = '<p>Inside</p>';
      frame.sandbox.add('allow-scripts');
      document.body.append(frame);
    });
    await until('the frame is there', () => page.frames().length === 2);
    const inner = page.frames()[1] as Frame;
    expect(await inner.evaluate(() => 'catalystBridge' in window)).toBe(false);
    if (!app.askRaw) {
      console.log('Not run in Electron: asking past the preload script; frames have no way to');
      return;
    }
    expect(await app.askRaw(inner, 'catalyst:appInfo', undefined)).toMatchObject({
      error: { code: 'forbidden' },
    });
    expect(await app.askRaw(page.mainFrame(), 'catalyst:appInfo', undefined)).toHaveProperty('value');
    expect(await app.askRaw(page.mainFrame(), 'catalyst:unheardOf', undefined)).toBeUndefined();
  });
});

describe('a panel that does not start', () => {
  it('is explained, with its last lines, and can be tried again', async () => {
    mkdirSync(inData(), { recursive: true });
    writeFileSync(inData('fake-panel-mode'), 'crash');
    const { app, page } = await start();
    const shows = (text: string) =>
      until(
        `the page says "${text}"`,
        async () => (await page.locator('main').textContent())?.includes(text) === true,
      );
    await shows('The panel ended with exit code 3. Game servers keep running. Trying again in 5 s.');
    expect(await page.locator('#last-lines').inputValue()).toContain(
      'The database is newer than this program',
    );
    expect(await page.locator('#log-path').textContent()).toBe(join(userData, 'logs', 'panel.log'));
    await page.getByRole('button', { name: 'Copy details' }).click();
    await until('the details were copied', async () =>
      (await app.copied()).includes('The database is newer than this program'),
    );
    await page.getByRole('button', { name: 'Try again' }).click();
    await shows('Trying again in 1 s.');

    writeFileSync(inData('fake-panel-mode'), '');
    await showsPanel(page);
    expect(new URL(page.url()).pathname).toBe('/setup');
  });
});
