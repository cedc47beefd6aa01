import { join } from 'node:path';
import { app, clipboard, dialog, ipcMain, protocol, session, shell } from 'electron';
import { answerBridge } from './bridge-calls.ts';
import { embeddedPanel } from './embedded-panel.ts';
import { describeFailure } from './failure-text.ts';
import { locate } from './locations.ts';
import { installMenu } from './menu.ts';
import { panelEnvironment } from './panel-environment.ts';
import { readLandingUrl } from './panel-files.ts';
import { openPanelLog } from './panel-log.ts';
import { endBeforeExit } from './quit-sequence.ts';
import { limitSession } from './session-policy.ts';
import { serveShellPages } from './shell-pages.ts';
import { pageOwner, shellScheme } from './url-policy.ts';
import { openMainWindow } from './window.ts';
import { keepToPanel } from './window-policy.ts';

const partition = 'persist:embedded-panel';

// Developers and tests keep their data apart; an installed app cannot be told to use a foreign folder.
const ownUserData = process.env.CATALYST_DESKTOP_USER_DATA;
if (!app.isPackaged && ownUserData) {
  app.setPath('userData', ownUserData);
  app.setAppLogsPath(join(ownUserData, 'logs'));
}
protocol.registerSchemesAsPrivileged([{ scheme: shellScheme, privileges: { standard: true, secure: true } }]);

if (app.requestSingleInstanceLock()) {
  app.whenReady().then(start).catch(giveUp);
} else {
  app.quit();
}

function start(): void {
  const locations = locate({
    isPackaged: app.isPackaged,
    resourcesPath: process.resourcesPath,
    appPath: app.getAppPath(),
    userData: app.getPath('userData'),
    logs: app.getPath('logs'),
    platform: process.platform,
    arch: process.arch,
    environment: process.env,
  });
  const log = openPanelLog(locations.logPath);
  const panel = embeddedPanel({
    dataDirectory: locations.dataDirectory,
    lastPortPath: locations.lastPortPath,
    log,
    commandFor: (port) => ({
      nodePath: locations.nodePath,
      entry: locations.panelEntry,
      environment: panelEnvironment(process.env, locations, port),
      workingDirectory: locations.dataDirectory,
    }),
  });
  // The last known one: while the panel restarts, its pages are still its pages.
  let panelOrigin: string | undefined;
  panel.onStatus((status) => {
    if (status.phase === 'ready') panelOrigin = status.origin;
  });

  const panelSession = session.fromPartition(partition);
  limitSession(panelSession, () => panelOrigin);
  panelSession.protocol.handle(shellScheme, serveShellPages(join(import.meta.dirname, 'status-page')));
  app.on('web-contents-created', (_event, contents) =>
    keepToPanel(contents, {
      panelOrigin: () => panelOrigin,
      openExternal: (url) => void shell.openExternal(url),
    }),
  );

  const openLogs = () => shell.showItemInFolder(locations.logPath);
  const window = openMainWindow({
    panel,
    partition,
    statePath: locations.windowStatePath,
    landingUrl: (origin) => readLandingUrl(locations.dataDirectory, origin),
  });
  answerBridge(
    ipcMain,
    {
      appInfo: () => ({
        version: app.getVersion(),
        electron: process.versions.electron ?? '',
        platform: process.platform,
      }),
      openLogs,
      panelStatus: () => panel.status,
      retryPanel: () => {
        panel.retry();
        window.openPanel();
      },
      copyFailure: () => clipboard.writeText(describeFailure(panel.status, app.getVersion())),
    },
    {
      ownerOf: (url) => pageOwner(url, panelOrigin),
      onBug: (name, error) => console.error(`The bridge call ${name} failed`, error),
    },
  );
  installMenu({ isPackaged: app.isPackaged, openLogs });

  app.on('second-instance', () => window.focus());
  app.on('activate', () => window.focus());
  app.on('window-all-closed', () => app.quit());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
  endBeforeExit(app, async () => {
    await panel.close();
    log.close();
  });
  panel.start();
}

function giveUp(error: Error): void {
  dialog.showErrorBox('Catalyst could not start', error.message);
  app.exit(1);
}
