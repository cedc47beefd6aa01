import { Menu, type MenuItemConstructorOptions } from 'electron';

/** The roles bring the usual shortcuts; on macOS, copy and paste exist only through them. */
export function installMenu({ isPackaged, openLogs }: { isPackaged: boolean; openLogs(): void }): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'reload' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'togglefullscreen' },
  ];
  if (!isPackaged) view.push({ role: 'toggleDevTools' });
  const menu: MenuItemConstructorOptions[] = [
    { role: process.platform === 'darwin' ? 'appMenu' : 'fileMenu' },
    { role: 'editMenu' },
    { label: 'View', submenu: view },
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ label: 'Show log folder', click: openLogs }] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
}
