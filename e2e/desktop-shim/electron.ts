// The module `electron` as the app's main process sees it under test: the same names, events and order of events as far as
// the app uses them. Windows are pages of a browser that the test drives; this end keeps what Electron answers at once.
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openChannel } from './channel.ts';
import { lockInstance } from './instance-lock.ts';

type Handler = (...args: unknown[]) => unknown;

const settings = JSON.parse(process.env.DESKTOP_SHIM as string) as { appPath: string; userData: string };
const metadata = JSON.parse(readFileSync(join(settings.appPath, 'package.json'), 'utf8')) as {
  version: string;
};

/** What the app asked the system for, for the test to look at. */
const record = (kind: string, value: string) => void host.ask('record', { kind, value });

/** Emits an event that listeners may prevent; tells whether one did. */
function isPrevented(emitter: EventEmitter, name: string, details: object = {}): boolean {
  let prevented = false;
  emitter.emit(name, { ...details, preventDefault: () => (prevented = true) });
  return prevented;
}

class App extends EventEmitter {
  readonly isPackaged = false;
  isReady = false;
  readonly #paths = new Map([
    ['userData', settings.userData],
    ['logs', join(settings.userData, 'logs')],
  ]);

  async whenReady(): Promise<void> {
    await host.ask('ready');
    this.isReady = true;
  }
  getAppPath(): string {
    return settings.appPath;
  }
  getVersion(): string {
    return metadata.version;
  }
  getPath(name: string): string {
    const path = this.#paths.get(name);
    if (!path) throw new Error(`The stand-in knows no path ${name}`);
    return path;
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }
  setAppLogsPath(path: string): void {
    this.#paths.set('logs', path);
  }
  requestSingleInstanceLock(): boolean {
    const isFirst = lockInstance(this.getPath('userData'));
    if (!isFirst) void host.ask('secondInstance', { userData: this.getPath('userData'), argv: process.argv });
    return isFirst;
  }
  quit(): void {
    if (isPrevented(this, 'before-quit')) return;
    for (const window of BrowserWindow.getAllWindows()) window.close();
    if (BrowserWindow.getAllWindows().length > 0 || isPrevented(this, 'will-quit')) return;
    this.exit(0);
  }
  exit(code: number): void {
    this.emit('quit', {}, code);
    // What was asked for is on its way to the test first.
    host.ask('quit').finally(() => process.exit(code));
  }
}

class Session extends EventEmitter {
  readonly handlers = new Map<string, Handler>();
  permissionRequest: Handler = (_contents, _permission, callback) => (callback as Handler)(true);
  permissionCheck: Handler = () => true;
  readonly protocol = {
    handle: (scheme: string, handler: Handler) => void this.handlers.set(scheme, handler),
  };
  setPermissionRequestHandler(handler: Handler): void {
    this.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: Handler): void {
    this.permissionCheck = handler;
  }
  setDevicePermissionHandler(): void {}
}

class WebContents extends EventEmitter {
  readonly id: number;
  openHandler: Handler = () => ({ action: 'allow' });
  /** Of a load by the app that has not arrived. */
  pendingUrl: string | undefined;
  readonly mainFrame = {
    url: '',
    send: (channel: string, ...args: unknown[]) => void host.ask('send', { id: this.id, channel, args }),
  };
  constructor(id: number) {
    super();
    this.id = id;
  }
  getURL(): string {
    return this.pendingUrl ?? this.mainFrame.url;
  }
  isCrashed(): boolean {
    return false;
  }
  setWindowOpenHandler(handler: Handler): void {
    this.openHandler = handler;
  }
}

interface WindowOptions {
  width?: number;
  height?: number;
  x?: number;
  y?: number;
  show?: boolean;
  webPreferences: { partition: string; preload: string };
}

const openWindows = new Map<number, BrowserWindow>();
let lastWindowId = 0;

class BrowserWindow extends EventEmitter {
  static getAllWindows(): BrowserWindow[] {
    return [...openWindows.values()];
  }
  readonly id = ++lastWindowId;
  readonly webContents = new WebContents(this.id);
  readonly options: WindowOptions;
  readonly #created: Promise<void>;
  #isVisible: boolean;
  #isMinimized = false;
  #isMaximized = false;
  #isFocused = false;
  #wasShown = false;

  constructor(options: WindowOptions) {
    super();
    this.options = options;
    this.#isVisible = options.show !== false;
    openWindows.set(this.id, this);
    const { partition, preload } = options.webPreferences;
    this.#created = host.ask('createWindow', {
      id: this.id,
      partition,
      preload: readFileSync(preload, 'utf8'),
    });
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    this.webContents.pendingUrl = url;
    await this.#created;
    const failure = await host.ask<{ code: number; description: string } | undefined>('load', {
      id: this.id,
      url,
    });
    if (this.webContents.pendingUrl === url) this.webContents.pendingUrl = undefined;
    if (failure) {
      this.webContents.emit('did-fail-load', {}, failure.code, failure.description, url, true);
      throw new Error(`${failure.description} (${failure.code}) loading '${url}'`);
    }
    if (!this.#wasShown) this.emit('ready-to-show');
    this.#wasShown = true;
  }
  close(): void {
    if (this.isDestroyed() || isPrevented(this, 'close')) return;
    openWindows.delete(this.id);
    void host.ask('destroyWindow', { id: this.id });
    this.emit('closed');
    if (openWindows.size === 0) app.emit('window-all-closed');
  }
  isDestroyed(): boolean {
    return !openWindows.has(this.id);
  }
  show(): void {
    this.#isVisible = true;
    this.#isFocused = true;
  }
  focus(): void {
    this.#isFocused = true;
  }
  blur(): void {
    this.#isFocused = false;
  }
  minimize(): void {
    this.#isMinimized = true;
    this.#isFocused = false;
  }
  restore(): void {
    this.#isMinimized = false;
  }
  maximize(): void {
    this.#isMaximized = true;
  }
  isMinimized(): boolean {
    return this.#isMinimized;
  }
  isMaximized(): boolean {
    return this.#isMaximized;
  }
  isVisible(): boolean {
    return this.#isVisible;
  }
  isFocused(): boolean {
    return this.#isFocused;
  }
  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    const { x = 40, y = 40, width = 800, height = 600 } = this.options;
    return { x, y, width, height };
  }
}

const sessions = new Map<string, Session>();
function sessionOf(partition: string): Session {
  const session = sessions.get(partition) ?? new Session();
  sessions.set(partition, session);
  return session;
}

const ipcHandlers = new Map<string, Handler>();
const contentsOf = (id: number) => openWindows.get(id)?.webContents;

const app = new App();
const host = openChannel(
  {
    send: (message) => process.connected && process.send?.(message),
    onMessage: (listener) => void process.on('message', listener),
  },
  {
    navigated({ id, url }: { id: number; url: string }) {
      const contents = contentsOf(id);
      if (contents) contents.mainFrame.url = url;
    },
    input: ({ id, type }: { id: number; type: string }) => contentsOf(id)?.emit('input-event', {}, { type }),
    /** Whether the app lets a page lead there. */
    mayNavigate: ({
      id,
      event,
      ...details
    }: {
      id: number;
      event: string;
      url: string;
      isMainFrame: boolean;
    }) => {
      const contents = contentsOf(id);
      return contents !== undefined && !isPrevented(contents, event, details);
    },
    openWindow: ({ id, url }: { id: number; url: string }) =>
      (contentsOf(id)?.openHandler({
        url,
        frameName: '',
        features: '',
        disposition: 'foreground-tab',
      }) as object) ?? {
        action: 'deny',
      },
    async invoke({ channel, args, frame }: { channel: string; args: unknown[]; frame: object }) {
      const handler = ipcHandlers.get(channel);
      if (!handler) throw new Error(`No handler registered for '${channel}'`);
      return handler({ senderFrame: frame }, ...args);
    },
    async serve({ partition, url }: { partition: string; url: string }) {
      const handler = sessionOf(partition).handlers.get(new URL(url).protocol.slice(0, -1));
      const response = handler
        ? ((await handler(new Request(url))) as Response)
        : new Response('', { status: 404 });
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      };
    },
    isGranted: ({ partition, permission, url }: { partition: string; permission: string; url: string }) =>
      new Promise((resolve) =>
        sessionOf(partition).permissionRequest({}, permission, resolve, {
          requestingUrl: url,
          isMainFrame: true,
        }),
      ),
    secondInstance: ({ argv }: { argv: string[] }) => app.emit('second-instance', {}, argv, '/'),
    quit: () => void app.quit(),
    closeWindow: () => BrowserWindow.getAllWindows()[0]?.close(),
    minimize: () => BrowserWindow.getAllWindows()[0]?.minimize(),
    facts: () =>
      BrowserWindow.getAllWindows().map((window) => ({
        isVisible: window.isVisible(),
        isFocused: window.isFocused(),
        isMinimized: window.isMinimized(),
        bounds: window.getNormalBounds(),
        webPreferences: { ...window.options.webPreferences },
      })),
  },
);

const ipcMain = {
  handle(channel: string, handler: Handler): void {
    if (ipcHandlers.has(channel)) throw new Error(`A second handler for '${channel}'`);
    ipcHandlers.set(channel, handler);
  },
};
const protocol = {
  registerSchemesAsPrivileged(schemes: { scheme: string }[]): void {
    if (app.isReady) throw new Error('Schemes are registered before the app is ready');
    for (const { scheme } of schemes) {
      if (!/^[a-z][a-z0-9+.-]*$/.test(scheme)) throw new Error(`${scheme} cannot be a scheme`);
    }
  },
};
const nativeTheme = { shouldUseDarkColors: false };
const session = { fromPartition: sessionOf };
const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }] };
const shell = {
  openExternal: async (url: string) => record('openExternal', url),
  showItemInFolder: (path: string) => record('showItemInFolder', path),
};
const clipboard = { writeText: (text: string) => record('clipboard', text) };
const dialog = {
  showErrorBox: (title: string, content: string) => record('errorBox', `${title}: ${content}`),
};
const Menu = {
  buildFromTemplate: (template: object[]) => ({ items: template }),
  setApplicationMenu(_menu: object): void {},
};

// Without the test there are no windows.
process.on('disconnect', () => process.exit(1));

export {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  protocol,
  screen,
  session,
  shell,
};
