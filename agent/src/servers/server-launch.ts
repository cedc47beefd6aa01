import { networkSettings, proxySettings } from '../node/network-settings.ts';
import { npmSettings } from '../node/npm.ts';
import type { Launch } from '../runtimes/runtime.ts';
import { isContainer, serverEnvironment } from './server-environment.ts';
import type { ServerParts } from './server-parts.ts';

export type ServerLaunch = Omit<Launch, 'serverId' | 'startId'>;

/** How the game of a server is run. */
export function gameLaunch(parts: ServerParts): ServerLaunch {
  const { argv, image, terminal, ports } = parts.file.record.spec;
  return {
    ...surroundings(parts),
    purpose: 'game',
    argv,
    environment: serverEnvironment(parts),
    image: image ?? null,
    terminal,
    ports,
  };
}

/** How a command of a server's installation is run. */
export async function installLaunch(parts: ServerParts, argv: readonly string[]): Promise<ServerLaunch> {
  const { image, install } = parts.file.record.spec;
  const { hostEnvironment } = parts;
  return {
    ...surroundings(parts),
    purpose: 'install',
    argv,
    environment: {
      ...(isContainer(parts)
        ? proxySettings(hostEnvironment)
        : { ...networkSettings(hostEnvironment), ...(await npmSettings(hostEnvironment)) }),
      ...serverEnvironment(parts),
    },
    image: install.image ?? image ?? null,
    terminal: false,
    ports: [],
  };
}

function surroundings({ file, folder }: ServerParts) {
  const { spec, uid } = file.record;
  const { limits, network, registries } = spec;
  return { directory: folder.path, uid, limits, network, registries };
}
