import type { Limits, RuntimeName } from '@catalyst/shared/features/server-spec';

/** One start of one server (or of one install step of it). */
export interface Launch {
  serverId: string;
  /** Identifies this start; its run folder is `run/<serverId>/<startId>`. */
  startId: string;
  argv: readonly string[];
  /** The whole environment: nothing of the agent's own is added. */
  environment: Readonly<Record<string, string>>;
  /** Absolute path of the server's folder; it becomes the working directory. */
  directory: string;
  /** The server's own user and group; null where the agent may not change users. */
  uid: number | null;
  limits: Limits;
}

export interface Exit {
  /** Null when a signal ended it or the code is unknown (the holder itself was killed). */
  code: number | null;
  signal: string | null;
  outOfMemory: boolean;
  at: Date;
}

/** What a server uses at this moment; null where the runtime cannot tell. */
export interface Usage {
  /** Total CPU time in seconds since the start. */
  cpuSeconds: number | null;
  memoryBytes: number | null;
  pids: number | null;
}

export interface RunningServer {
  readonly serverId: string;
  readonly startId: string;
  /** Of the game's main process, as the host sees it. */
  readonly pid: number | null;
  readonly startedAt: Date;
  /** Settles once, when the whole server is gone; never rejects. All output is in the spool by then. */
  readonly exited: Promise<Exit>;
  /**
   * Writes to the game's standard input, without waiting for the game to read.
   * Throws `not_running` when it is closed or gone, `rate_limited` when 64 KiB wait unread.
   */
  write(data: Uint8Array): Promise<void>;
  /** Signals the main process. Does nothing when it is gone. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Ends the whole tree, grandchildren included; resolves when nothing of it is left. */
  kill(): Promise<void>;
  usage(): Promise<Usage>;
  /** Applies new limits to the running server; throws `unavailable` where the runtime cannot. */
  setLimits(limits: Limits): Promise<void>;
  /** Lets go of watchers and descriptors; the game runs on. */
  release(): void;
}

/** What a runtime can do on this machine, in words for the node page. */
export interface RuntimeReport {
  name: RuntimeName;
  available: boolean;
  version: string | null;
  /** Which limits and walls really hold here. */
  enforces: { user: boolean; memory: boolean; cpu: boolean; pids: boolean };
  /** Plain sentences on what is missing or not isolated. */
  notes: string[];
}

/** Runs servers. Knows neither the panel nor sockets; output goes to the run folder's spool, which others read. */
export interface Runtime {
  readonly name: RuntimeName;
  detect(): Promise<RuntimeReport>;
  /** Starts a server; rejects (`invalid_input`, `disk_full`, `unavailable`) with nothing left behind. */
  start(launch: Launch, signal: AbortSignal): Promise<RunningServer>;
  /**
   * Takes back what an earlier agent process started: the running server, its exit when it ended meanwhile, or null
   * when this start never happened. Works after SIGKILL of the agent at any moment of `start`.
   */
  recover(serverId: string, startId: string): Promise<RunningServer | Exit | null>;
  /** Removes all traces of a start that has ended (cgroup, pipes; not the spool). Idempotent. */
  remove(serverId: string, startId: string): Promise<void>;
}
