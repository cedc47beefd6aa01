import { beforeEach, expect, it } from 'vitest';
import { type ContentsHost, keepToPanel, secureWebPreferences } from './window-policy.ts';

const panel = 'http://127.0.0.1:4100';

type Listener = (...args: unknown[]) => void;
let listeners: Record<string, Listener>;
let openWindow: (details: { url: string }) => { action: 'deny' };
let opened: string[];
let nowMs: number;

beforeEach(() => {
  listeners = {};
  opened = [];
  nowMs = 1_000_000;
  const contents: ContentsHost = {
    on: (event: string, listener: unknown) => {
      listeners[event] = listener as Listener;
    },
    setWindowOpenHandler: (handler) => {
      openWindow = handler;
    },
  };
  keepToPanel(contents, {
    panelOrigin: () => panel,
    openExternal: (url) => opened.push(url),
    now: () => nowMs,
  });
});

function isAllowed(event: string, url: string, isMainFrame = true): boolean {
  let allowed = true;
  listeners[event]?.({
    url,
    isMainFrame,
    preventDefault: () => {
      allowed = false;
    },
  });
  return allowed;
}
const input = (type: string) => listeners['input-event']?.({ preventDefault() {} }, { type });

it('lets the window move inside its panel', () => {
  expect(isAllowed('will-frame-navigate', `${panel}/servers`)).toBe(true);
  expect(isAllowed('will-redirect', `${panel}/sign-in`)).toBe(true);
  expect(opened).toEqual([]);
});

it.each([
  'http://127.0.0.1:9999/',
  'https://example.com/',
  'file:///etc/passwd',
  'data:text/html,x',
  'catalyst-shell://app/status.html',
  'about:blank',
])('keeps the window from %s', (url) => {
  expect(isAllowed('will-frame-navigate', url)).toBe(false);
  expect(isAllowed('will-redirect', url)).toBe(false);
});

it('keeps foreign pages out of frames, and never opens them outside', () => {
  input('mouseDown');
  expect(isAllowed('will-frame-navigate', 'https://example.com/', false)).toBe(false);
  expect(isAllowed('will-redirect', 'https://example.com/', false)).toBe(false);
  expect(isAllowed('will-frame-navigate', 'about:srcdoc', false)).toBe(true);
  expect(opened).toEqual([]);
});

it.each([
  ['a link', () => isAllowed('will-frame-navigate', 'https://example.com/docs')],
  ['a new window', () => openWindow({ url: 'https://example.com/docs' })],
])('opens %s outside once for each click', (_name, act) => {
  act();
  expect(opened).toEqual([]);
  input('mouseDown');
  act();
  act();
  expect(opened).toEqual(['https://example.com/docs']);
  input('rawKeyDown');
  act();
  expect(opened).toHaveLength(2);
});

it('does not take moving the mouse, or a click long ago, for wanting something', () => {
  input('mouseMove');
  openWindow({ url: 'https://example.com/' });
  input('mouseDown');
  nowMs += 5001;
  openWindow({ url: 'https://example.com/' });
  expect(opened).toEqual([]);
});

it.each([
  'file:///etc/passwd',
  'smb://server/share',
  'ms-msdt:/x',
  'javascript:alert(1)',
  'http://example.com/',
])('never opens %s outside, and never a second window', (url) => {
  input('mouseDown');
  expect(openWindow({ url })).toEqual({ action: 'deny' });
  expect(isAllowed('will-frame-navigate', url)).toBe(false);
  expect(opened).toEqual([]);
});

it('does not open a window for a page of the panel either', () => {
  input('mouseDown');
  expect(openWindow({ url: `${panel}/servers` })).toEqual({ action: 'deny' });
  expect(opened).toEqual([]);
});

it('does not spend a click on something that cannot be opened', () => {
  input('mouseDown');
  openWindow({ url: 'file:///etc/passwd' });
  openWindow({ url: 'https://example.com/' });
  expect(opened).toEqual(['https://example.com/']);
});

it('attaches no webview', () => {
  let prevented = false;
  listeners['will-attach-webview']?.({
    preventDefault: () => {
      prevented = true;
    },
  });
  expect(prevented).toBe(true);
});

it('makes windows without Node, isolated and in the sandbox', () => {
  expect(secureWebPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
  });
});
