/**
 * Runs at the start of every page of a window, before the page: the renderer's half of `electron` and the app's own preload
 * script. It is sent to the browser as text, so it must not use anything outside itself.
 * Unlike in Electron, the preload shares its world with the page; the `__desktopShim…` functions are the test's own.
 */
export function pageScript(preload: (require: unknown, module: object, exports: object) => void): void {
  interface Shim extends Window {
    __desktopShimInvoke(channel: string, args: unknown[]): Promise<{ value?: unknown; error?: string }>;
    __desktopShimInput(type: string): void;
    __desktopShimOpen(url: string): void;
    __desktopShimEmit(channel: string, args: unknown[]): void;
  }
  const shim = window as unknown as Shim;

  shim.open = (url?: string | URL) => {
    shim.__desktopShimOpen(new URL(String(url ?? 'about:blank'), document.baseURI).href);
    return null;
  };
  const inputs = { pointerdown: 'mouseDown', keydown: 'rawKeyDown', pointermove: 'mouseMove' };
  for (const [event, type] of Object.entries(inputs)) {
    addEventListener(event, ({ isTrusted }) => isTrusted && shim.__desktopShimInput(type), true);
  }
  // As in Electron, frames inside a page get no preload script.
  if (shim.top !== shim) return;

  const listeners = new Map<string, Set<(event: object, ...args: unknown[]) => void>>();
  shim.__desktopShimEmit = (channel, args) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, ...args);
  };
  const ipcRenderer = {
    async invoke(channel: string, ...args: unknown[]) {
      const { value, error } = await shim.__desktopShimInvoke(channel, args);
      if (error) throw new Error(`Error invoking remote method '${channel}': ${error}`);
      return value;
    },
    on(channel: string, listener: (event: object, ...args: unknown[]) => void) {
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener));
    },
    off(channel: string, listener: (event: object, ...args: unknown[]) => void) {
      listeners.get(channel)?.delete(listener);
    },
  };
  const contextBridge = {
    exposeInMainWorld(key: string, api: unknown) {
      if (key in shim) throw new Error(`Cannot bind an API on top of an existing property of window: ${key}`);
      Object.defineProperty(shim, key, { value: acrossTheBridge(api), enumerable: true });
    },
  };
  const modules: Record<string, unknown> = { electron: { contextBridge, ipcRenderer } };
  const load = (name: string) => {
    if (!Object.hasOwn(modules, name)) throw new Error(`A sandboxed preload script cannot load ${name}`);
    return modules[name];
  };
  const module = { exports: {} };
  preload(load, module, module.exports);

  /** What Electron lets through between worlds: data by copy, functions by proxy, of an error its message. */
  function acrossTheBridge(value: unknown): unknown {
    if (typeof value === 'function') {
      return (...args: unknown[]) => {
        const answer = settle(() => value(...args.map(acrossTheBridge)));
        return answer instanceof Promise
          ? answer.then(acrossTheBridge, (error) => Promise.reject(new Error(error.message)))
          : acrossTheBridge(answer);
      };
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return Object.freeze(value.map(acrossTheBridge));
    const entries = Object.entries(value).map(([name, part]) => [name, acrossTheBridge(part)]);
    return Object.freeze(Object.fromEntries(entries));
  }

  function settle(run: () => unknown): unknown {
    try {
      return run();
    } catch (error) {
      throw new Error((error as Error).message);
    }
  }
}

/** Both as one text; with `new Function` the page's own policy would refuse the preload. */
export const pageScriptText = (preload: string): string =>
  `(${pageScript})(function (require, module, exports) {\n${preload}\n});`;
