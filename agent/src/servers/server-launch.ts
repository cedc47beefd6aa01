import { networkSettings, proxySettings } from '../node/network-settings.ts';
import { npmSettings } from '../node/npm.ts';
import { installScript, type Launch } from '../runtimes/runtime.ts';
import type { CommandStep } from './installer.ts';
import { isContainer, serverEnvironment } from './server-environment.ts';
import type { ServerParts } from './server-parts.ts';
import { shellCommand } from './startup-line.ts';

export type ServerLaunch = Omit<Launch, 'serverId' | 'startId'>;

/** How the game of a server is run. */
export function gameLaunch(parts: ServerParts): ServerLaunch {
  const { argv, image, terminal, ports } = parts.file.record.spec;
  const environment = serverEnvironment(parts);
  return {
    ...surroundings(parts),
    purpose: 'game',
    argv: argv.length > 0 || isContainer(parts) ? argv : shellCommand(environment.STARTUP ?? ''),
    environment,
    image: image ?? null,
    terminal,
    ports,
  };
}

/** What the scripts of the community count on, whatever the game has. */
const leastForScripts = { memoryMb: 1024, cpuCores: 1 };

/** How a step of a server's installation is run. */
export async function installLaunch(parts: ServerParts, step: CommandStep): Promise<ServerLaunch> {
  const { image, install, limits } = parts.file.record.spec;
  const { hostEnvironment } = parts;
  return {
    ...surroundings(parts),
    purpose: 'install',
    ...(step.kind === 'run' ? { argv: step.argv } : scriptLaunch(step, isContainer(parts))),
    ...(step.kind === 'script' && {
      limits: {
        ...limits,
        memoryMb: Math.max(limits.memoryMb, leastForScripts.memoryMb),
        cpuCores: Math.max(limits.cpuCores, leastForScripts.cpuCores),
      },
    }),
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

function scriptLaunch(
  { entrypoint, content }: Extract<CommandStep, { kind: 'script' }>,
  hasFiles: boolean,
): Pick<Launch, 'argv' | 'script'> {
  if (hasFiles) return { argv: [entrypoint, installScript], script: content };
  return { argv: [entrypoint, '-c', content.replace(/\r\n?/g, '\n')] };
}

function surroundings({ file, folder }: ServerParts) {
  const { spec, uid } = file.record;
  const { limits, network, registries } = spec;
  return { directory: folder.path, uid, limits, network, registries };
}
