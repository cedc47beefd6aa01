import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type LogLevel, logLevels } from './logger.ts';
import { StartError } from './start-error.ts';

/** Everything the environment decides. */
export interface Config {
  dataDir: string;
  /** Port of the local `/stats`; 0 turns it off. */
  statsPort: number;
  logLevel: LogLevel;
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
  };
}

function defaultDataDir(environment: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') {
    return join(environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'Catalyst');
  }
  if (process.getuid?.() === 0) return '/var/lib/catalyst';
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Catalyst');
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'catalyst');
}
