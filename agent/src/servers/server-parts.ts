import type { ServerConsole } from '../console/server-console.ts';
import type { ProjectQuota } from '../files/project-quota.ts';
import type { Logger } from '../logger.ts';
import type { PortAddress } from '../node/ports.ts';
import type { RecordFile } from './record-file.ts';
import type { ReportedState } from './reported-state.ts';
import type { ServerFolder } from './server-folder.ts';
import type { ServerRuns } from './server-runs.ts';

/** What everything that acts on one server works with. */
export interface ServerParts {
  readonly file: RecordFile;
  readonly state: ReportedState;
  readonly console: ServerConsole;
  readonly folder: ServerFolder;
  readonly runs: ServerRuns;
  readonly log: Logger;
  /** Why servers cannot reach their folders on this node, null when they can. */
  readonly unreachable: string | null;
  /** The agent's own environment, see Config. */
  readonly hostEnvironment: NodeJS.ProcessEnv;
  /** By which the file system holds servers to their disk limits; null where it has none. */
  readonly diskQuota: ProjectQuota | null;
  /** Which server this port of the machine is published for; null when it is no container's. */
  ownerOfPort(port: PortAddress): string | null;
  /** Where the game reaches this node; empty when it cannot. */
  interfaceAddress(): Promise<string>;
  /** A line of the agent's own in the server's console. */
  say(text: string): void;
}
