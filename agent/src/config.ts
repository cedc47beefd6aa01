import { resolve } from 'node:path';
import { defaultDataDir } from '@catalyst/shared/node/data-dir';
import { OutboundAddresses } from '@catalyst/shared/node/outbound-addresses';
import { StartError } from '@catalyst/shared/node/start-error';
import { type LogLevel, logLevels } from './logger.ts';

/** Everything the environment decides. */
export interface Config {
  dataDir: string;
  /** Port of the local `/stats`; 0 turns it off. */
  statsPort: number;
  logLevel: LogLevel;
  /** Where containerd listens; null for where it usually does. */
  containerdSocket: string | null;
  /** Besides the public internet, where images may come from: `192.168.0.0/16`. */
  registryNetworks: readonly string[];
  /** The agent's own environment: from it programs learn where programs are and how this machine gets out. */
  hostEnvironment: NodeJS.ProcessEnv;
}

/** Reads the environment once. Throws a StartError that names the variable. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const statsPort = Number(environment.CATALYST_AGENT_STATS_PORT || '8080');
  if (!Number.isInteger(statsPort) || statsPort < 0 || statsPort > 65_535) {
    throw new StartError('CATALYST_AGENT_STATS_PORT must be a port from 1 to 65535, or 0 for none');
  }
  const logLevel = (environment.CATALYST_LOG_LEVEL || 'info') as LogLevel;
  if (!logLevels.includes(logLevel)) {
    throw new StartError(`CATALYST_LOG_LEVEL must be one of ${logLevels.join(', ')}`);
  }
  return {
    dataDir: resolve(environment.CATALYST_DATA_DIR || defaultDataDir(environment)),
    statsPort,
    logLevel,
    containerdSocket: environment.CATALYST_CONTAINERD_SOCKET || null,
    registryNetworks: networksIn(environment.CATALYST_REGISTRY_NETWORKS ?? ''),
    hostEnvironment: environment,
  };
}

function networksIn(text: string): string[] {
  const networks = text.split(',').map((network) => network.trim());
  if (text.trim() === '') return [];
  for (const network of networks) {
    try {
      new OutboundAddresses([network]);
    } catch (cause) {
      const sentence = `CATALYST_REGISTRY_NETWORKS must be networks with commas between them, such as 192.168.0.0/16 or fd00::/8; "${network}" is none`;
      throw new StartError(sentence, { cause });
    }
  }
  return networks;
}
