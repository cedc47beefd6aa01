/** Of Electron's app, what an orderly end needs. */
export interface QuitHost {
  on(event: 'will-quit', listener: (event: { preventDefault(): void }) => void): unknown;
  exit(code: number): void;
}

/**
 * When all windows have closed, `close` runs before the process goes. It is waited for however often quitting is asked
 * for meanwhile; when it fails the app still ends, with exit code 1.
 */
export function endBeforeExit(app: QuitHost, close: () => Promise<void>): void {
  let ending = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (ending) return;
    ending = true;
    close().then(
      () => app.exit(0),
      (error: unknown) => {
        console.error(error);
        app.exit(1);
      },
    );
  });
}
