import type { Browser, BrowserContext, Page, Request, Route } from 'playwright-core';
import { pageScriptText } from './page-script.ts';

type Ask = <T>(method: string, params?: object) => Promise<T>;

/** Chromium has no scheme of ours; pages of the app appear under a host that is a secure context, as the scheme is. */
const standInHost = /^http:\/\/([a-z]+)\.([a-z-]+)\.localhost\//;
const toBrowser = (url: string) =>
  url.replace(/^(?!https?:|about:|data:|blob:|file:)([a-z-]+):\/\/([a-z]+)\//, 'http://$2.$1.localhost/');
const fromBrowser = (url: string) => url.replace(standInHost, '$2://$1/');

interface HostedWindow {
  id: number;
  page: Page;
  partition: string;
  /** The app itself loads this: nobody is asked whether the page may go there. */
  expected: string | undefined;
}

/** The test's half of the stand-in: every window is a page, every partition a browser context; the app decides by `ask`. */
export class WindowHost {
  readonly #browser: Browser;
  readonly #ask: Ask;
  readonly #windows = new Map<number, HostedWindow>();
  readonly #contexts = new Map<string, Promise<BrowserContext>>();

  constructor(browser: Browser, ask: Ask) {
    this.#browser = browser;
    this.#ask = ask;
  }

  get pages(): Page[] {
    return [...this.#windows.values()].map(({ page }) => page);
  }

  /** What the app calls. */
  readonly methods = {
    createWindow: async ({ id, partition, preload }: { id: number; partition: string; preload: string }) => {
      const page = await (await this.#contextOf(partition)).newPage();
      this.#windows.set(id, { id, page, partition, expected: undefined });
      await page.addInitScript({ content: pageScriptText(preload) });
      page.on('framenavigated', (frame) => {
        const url = fromBrowser(frame.url());
        if (frame === page.mainFrame() && !url.startsWith('chrome-error:'))
          void this.#ask('navigated', { id, url });
      });
    },
    load: async ({ id, url }: { id: number; url: string }) => {
      const window = this.#windows.get(id);
      if (!window) return { code: -3, description: 'ERR_ABORTED' };
      const address = toBrowser(url);
      window.expected = address;
      try {
        await window.page.goto(address, { timeout: 30_000 });
        return undefined;
      } catch (error) {
        const name = /ERR_[A-Z_]+/.exec((error as Error).message)?.[0] ?? 'ERR_ABORTED';
        return { code: name === 'ERR_ABORTED' ? -3 : -102, description: name };
      } finally {
        // A later load may have taken its place.
        if (window.expected === address) window.expected = undefined;
      }
    },
    send: async ({ id, channel, args }: { id: number; channel: string; args: unknown[] }) => {
      const emit = ([name, values]: [string, unknown[]]) =>
        (
          window as unknown as { __desktopShimEmit?(name: string, values: unknown[]): void }
        ).__desktopShimEmit?.(name, values);
      // A page that goes away meanwhile hears nothing, as in Electron.
      await this.#windows
        .get(id)
        ?.page.evaluate(emit, [channel, args] as [string, unknown[]])
        .catch(() => {});
    },
    destroyWindow: async ({ id }: { id: number }) => {
      const window = this.#windows.get(id);
      this.#windows.delete(id);
      await window?.page.close();
    },
  };

  async close(): Promise<void> {
    this.#windows.clear();
    const contexts = await Promise.all(this.#contexts.values());
    for (const context of contexts) {
      await context.unrouteAll({ behavior: 'ignoreErrors' });
      await context.close();
    }
  }

  #contextOf(partition: string): Promise<BrowserContext> {
    const context = this.#contexts.get(partition) ?? this.#newContext(partition);
    this.#contexts.set(partition, context);
    return context;
  }

  async #newContext(partition: string): Promise<BrowserContext> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.exposeBinding(
      '__desktopShimInvoke',
      async ({ page, frame }, channel: string, args: unknown[]) => {
        const id = this.#windowOf(page)?.id;
        const parent = frame.parentFrame();
        const sender = {
          url: fromBrowser(frame.url()),
          parent: parent && { url: fromBrowser(parent.url()) },
        };
        return this.#ask('invoke', { id, channel, args, frame: sender }).then(
          (value) => ({ value }),
          (error: Error) => ({ error: error.message }),
        );
      },
    );
    await context.exposeBinding('__desktopShimInput', ({ page }, type: string) =>
      this.#ask('input', { id: this.#windowOf(page)?.id, type }),
    );
    await context.exposeBinding('__desktopShimOpen', ({ page }, url: string) =>
      this.#openWindow(this.#windowOf(page)?.id, url),
    );
    await context.route('**/*', (route, request) => this.#route(partition, route, request));
    // A window the page itself opened: its request has been judged (below), and the app never allows one.
    context.on('page', async (page) => {
      if (await page.opener()) await page.close();
    });
    return context;
  }

  async #route(partition: string, route: Route, request: Request): Promise<void> {
    const url = fromBrowser(request.url());
    if (request.isNavigationRequest()) {
      const frame = frameOf(request);
      const window = frame && this.#windowOf(frame.page());
      if (!frame || !window) {
        await this.#openWindow([...this.#windows.keys()].at(-1), url);
        return route.abort('aborted');
      }
      const isMainFrame = frame === window.page.mainFrame();
      const isExpected = isMainFrame && withoutFragment(request.url()) === withoutFragment(window.expected);
      const mayGo = (event: string, to: string) =>
        this.#ask<boolean>('mayNavigate', { id: window.id, event, url: to, isMainFrame });
      if (!isExpected && !(await mayGo('will-frame-navigate', url))) return route.abort('aborted');
      if (url === request.url()) return followOneStep(route, request, (to) => mayGo('will-redirect', to));
    }
    if (url === request.url()) return route.continue();
    const { status, headers, body } = await this.#ask<{
      status: number;
      headers: Record<string, string>;
      body: Buffer;
    }>('serve', { partition, url });
    return route.fulfill({ status, headers, body: Buffer.from(body) });
  }

  async #openWindow(id: number | undefined, url: string): Promise<void> {
    const { action } = await this.#ask<{ action: string }>('openWindow', { id, url });
    if (action !== 'deny') throw new Error('The stand-in opens no window for a page');
  }

  #windowOf(page: Page): HostedWindow | undefined {
    return [...this.#windows.values()].find((window) => window.page === page);
  }
}

/** Undefined for the first request of a window that a page opened: its frame is not there yet. */
function frameOf(request: Request) {
  try {
    return request.frame();
  } catch {
    return undefined;
  }
}

async function followOneStep(
  route: Route,
  request: Request,
  mayRedirect: (url: string) => Promise<boolean>,
): Promise<void> {
  const response = await route.fetch({ maxRedirects: 0 }).catch(() => undefined);
  if (!response) return route.abort('connectionrefused');
  const { location } = response.headers();
  const isRedirect = response.status() >= 300 && response.status() < 400 && location !== undefined;
  if (isRedirect && !(await mayRedirect(new URL(location, request.url()).href)))
    return route.abort('aborted');
  return route.fulfill({ response });
}

const withoutFragment = (url: string | undefined) => url?.replace(/#.*$/s, '');
