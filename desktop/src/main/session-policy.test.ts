import { expect, it } from 'vitest';
import { limitSession, type SessionHost } from './session-policy.ts';

const panel = 'http://127.0.0.1:4100';

function limited() {
  let request: Parameters<SessionHost['setPermissionRequestHandler']>[0];
  let check: Parameters<SessionHost['setPermissionCheckHandler']>[0];
  let device: () => boolean;
  let download: (event: { preventDefault(): void }, item: { getURL(): string }) => void;
  limitSession(
    {
      setPermissionRequestHandler: (handler) => {
        request = handler;
      },
      setPermissionCheckHandler: (handler) => {
        check = handler;
      },
      setDevicePermissionHandler: (handler) => {
        device = handler;
      },
      on: (_event, listener) => {
        download = listener;
      },
    },
    () => panel,
  );
  return {
    isGranted(permission: string, url: string, isMainFrame = true) {
      let requested: boolean | undefined;
      request(undefined, permission, (granted) => (requested = granted), { requestingUrl: url, isMainFrame });
      const checked = check(undefined, permission, URL.parse(url)?.origin ?? '', { isMainFrame });
      expect(requested).toBe(checked);
      return checked;
    },
    isDeviceGranted: () => device(),
    isSaved(url: string) {
      let saved = true;
      download({ preventDefault: () => (saved = false) }, { getURL: () => url });
      return saved;
    },
  };
}

it.each([
  'media',
  'geolocation',
  'notifications',
  'clipboard-read',
  'display-capture',
  'fullscreen',
  'openExternal',
  'usb',
  'hid',
  'serial',
  'midiSysex',
  'fileSystem',
  'local-fonts',
  'unknown',
])('denies %s to every page', (permission) => {
  const session = limited();
  expect(session.isGranted(permission, `${panel}/`)).toBe(false);
  expect(session.isGranted(permission, 'https://example.com/')).toBe(false);
  expect(session.isDeviceGranted()).toBe(false);
});

it('lets the copy buttons of the panel work, and nobody else write the clipboard', () => {
  const session = limited();
  expect(session.isGranted('clipboard-sanitized-write', `${panel}/servers`)).toBe(true);
  expect(session.isGranted('clipboard-sanitized-write', `${panel}/servers`, false)).toBe(false);
  expect(session.isGranted('clipboard-sanitized-write', 'https://example.com/')).toBe(false);
  expect(session.isGranted('clipboard-sanitized-write', '')).toBe(false);
});

it('saves what comes from the panel and nothing else', () => {
  const session = limited();
  expect(session.isSaved(`${panel}/api/servers/1/logs/download`)).toBe(true);
  expect(session.isSaved(`blob:${panel}/0a1b`)).toBe(true);
  expect(session.isSaved('https://example.com/setup.exe')).toBe(false);
  expect(session.isSaved('blob:https://example.com/0a1b')).toBe(false);
  expect(session.isSaved('data:application/octet-stream,x')).toBe(false);
});
