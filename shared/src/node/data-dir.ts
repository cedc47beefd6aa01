import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where everything is kept unless CATALYST_DATA_DIR says otherwise. */
export function defaultDataDir(environment: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') {
    return join(environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'Catalyst');
  }
  if (process.getuid?.() === 0) return '/var/lib/catalyst';
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Catalyst');
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'catalyst');
}

/** Where the programs of one machine find each other. */
export const meetingPlaces = (dataDir: string) => ({
  /** The port a running panel listens on. */
  port: join(dataDir, 'run', 'port'),
  /** The page that makes the first administrator, while there is none. */
  setupUrl: join(dataDir, 'run', 'setup-url'),
  agentFolder: join(dataDir, 'agent'),
  /** How the agent reaches the panel: a LinkState. */
  agentLink: join(dataDir, 'agent', 'link.json'),
  /** Which process the agent is: a ProcessIdentity. */
  agentLock: join(dataDir, 'agent', 'agent.lock'),
});
