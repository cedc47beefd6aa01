import type { Launch } from '../runtimes/runtime.ts';
import { serverEnvironment } from './server-environment.ts';
import type { ServerRecord } from './server-record.ts';

export type ServerLaunch = Omit<Launch, 'serverId' | 'startId'>;

/** How the game of a server is run. */
export function gameLaunch(record: ServerRecord, directory: string): ServerLaunch {
  const { argv, image, terminal, ports } = record.spec;
  return {
    ...surroundings(record, directory),
    purpose: 'game',
    argv,
    environment: serverEnvironment(record, directory),
    image: image ?? null,
    terminal,
    ports,
  };
}

/** How a command of a server's installation is run. */
export function installLaunch(
  record: ServerRecord,
  directory: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): ServerLaunch {
  const { image, install } = record.spec;
  return {
    ...surroundings(record, directory),
    purpose: 'install',
    argv,
    environment: { ...environment, ...serverEnvironment(record, directory) },
    image: install.image ?? image ?? null,
    terminal: false,
    ports: [],
  };
}

function surroundings({ spec, uid }: ServerRecord, directory: string) {
  const { limits, network, registryLogin = null } = spec;
  return { directory, uid, limits, network, registryLogin };
}
