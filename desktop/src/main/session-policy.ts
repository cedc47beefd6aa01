import { pageOwner } from './url-policy.ts';

interface Preventable {
  preventDefault(): void;
}

/** Of Electron's Session, what the policy needs. */
export interface SessionHost {
  setPermissionRequestHandler(
    handler: (
      contents: unknown,
      permission: string,
      callback: (granted: boolean) => void,
      details: { requestingUrl?: string; isMainFrame: boolean },
    ) => void,
  ): void;
  setPermissionCheckHandler(
    handler: (
      contents: unknown,
      permission: string,
      requestingOrigin: string,
      details: { isMainFrame: boolean },
    ) => boolean,
  ): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  on(event: 'will-download', listener: (event: Preventable, item: { getURL(): string }) => void): unknown;
}

/** What pages of one panel may have of the machine: its copy buttons work, its downloads are saved, and that is all. */
export function limitSession(session: SessionHost, panelOrigin: () => string | undefined): void {
  session.setPermissionRequestHandler((_contents, permission, callback, { requestingUrl, isMainFrame }) =>
    callback(isMainFrame && mayHave(permission, requestingUrl ?? '')),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, requestingOrigin, { isMainFrame }) =>
      isMainFrame && mayHave(permission, requestingOrigin),
  );
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    if (!isOfPanel(item.getURL())) event.preventDefault();
  });

  function mayHave(permission: string, address: string): boolean {
    return permission === 'clipboard-sanitized-write' && pageOwner(address, panelOrigin()) === 'panel';
  }

  /** A page may also save what it made itself, which has a blob: address of its origin. */
  function isOfPanel(address: string): boolean {
    const origin = URL.parse(address)?.origin;
    return origin !== undefined && origin === panelOrigin();
  }
}
