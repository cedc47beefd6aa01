import { join, posix, win32 } from 'node:path';

/** What Electron and the operating system say about where this app is. */
export interface Surroundings {
  isPackaged: boolean;
  /** Of an installed app: the folder that holds app.asar. */
  resourcesPath: string;
  /** From the repository: the folder `desktop`. */
  appPath: string;
  userData: string;
  logs: string;
  platform: NodeJS.Platform;
  arch: string;
  environment: Record<string, string | undefined>;
}

export interface Locations {
  nodePath: string;
  panelEntry: string;
  agentEntry: string;
  interfaceDirectory: string;
  /** CATALYST_DATA_DIR of the embedded panel. */
  dataDirectory: string;
  /** Where the app remembers the port of the embedded panel. */
  lastPortPath: string;
  logPath: string;
  windowStatePath: string;
}

/** Where everything is that the app starts or keeps. Panel and agent run on a Node of their own, never inside Electron. */
export function locate(from: Surroundings): Locations {
  return {
    ...(from.isPackaged ? installed(from) : fromRepository(from)),
    dataDirectory: join(from.userData, 'catalyst'),
    lastPortPath: join(from.userData, 'panel-port'),
    logPath: join(from.logs, 'panel.log'),
    windowStatePath: join(from.userData, 'window.json'),
  };
}

function installed({ resourcesPath, platform }: Surroundings) {
  const path = pathOf(platform);
  return {
    nodePath: path.join(resourcesPath, 'node', nodeBinary(platform)),
    panelEntry: path.join(resourcesPath, 'panel-server', 'main.js'),
    agentEntry: path.join(resourcesPath, 'agent', 'main.js'),
    interfaceDirectory: path.join(resourcesPath, 'interface'),
  };
}

function fromRepository({ appPath, platform, arch, environment }: Surroundings) {
  const path = pathOf(platform);
  const root = path.dirname(appPath);
  const nodePackage = `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
  return {
    nodePath: path.join(root, 'node_modules', nodePackage, 'bin', nodeBinary(platform)),
    // Another panel can stand in during development; an installed app cannot be told to run a foreign script.
    panelEntry: environment.CATALYST_DESKTOP_PANEL ?? path.join(root, 'panel-server', 'dist', 'main.js'),
    agentEntry: path.join(root, 'agent', 'dist', 'main.js'),
    interfaceDirectory: path.join(appPath, 'dist', 'renderer'),
  };
}

const nodeBinary = (platform: NodeJS.Platform) => (platform === 'win32' ? 'node.exe' : 'node');
const pathOf = (platform: NodeJS.Platform) => (platform === 'win32' ? win32 : posix);
