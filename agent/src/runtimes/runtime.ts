import { AppError } from '@catalyst/shared/contract/errors';
import type {
  Limits,
  PortBinding,
  RuntimeName,
  ServerNetwork,
  TrustedRegistry,
} from '@catalyst/shared/features/server-spec';

/** Where an installation in a container finds its script. */
export const installScript = '/mnt/install/install.sh';

/** One start of one server (or of one install step of it). */
export interface Launch {
  serverId: string;
  /** Identifies this start; its run folder is `run/<serverId>/<startId>`. */
  startId: string;
  /** Empty for what the image itself says is run. */
  argv: readonly string[];
  /** The whole environment: nothing of the agent's own is added. */
  environment: Readonly<Record<string, string>>;
  /** Absolute path of the server's folder; it becomes the working directory. */
  directory: string;
  /** The server's own user and group; null where the agent may not change users. */
  uid: number | null;
  limits: Limits;
  /** What a container is made of; null for runtimes without images. */
  image: string | null;
  /** Of these `image` may come also where strangers' images may not. */
  registries: readonly TrustedRegistry[];
  network: ServerNetwork;
  /** Published while it runs, where the runtime gives a server a network of its own. */
  ports: readonly PortBinding[];
  /** Whether it gets a terminal: then there is no stderr. Ignored where the runtime has none to give. */
  terminal: boolean;
  /** An installation may change all of its surroundings, as the administrator of them; a game only its folder. */
  purpose: 'game' | 'install';
  /** What a container finds in the file `installScript`; runtimes without images have no place for one. */
  script?: string;
}

/** How far something long has come; null while the whole is not known. */
export interface Progress {
  text: string;
  doneBytes: number;
  totalBytes: number | null;
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
  /** Since the start, through the server's own network; null where it shares the machine's. */
  networkReceivedBytes: number | null;
  networkSentBytes: number | null;
  /** From and to disks, since the start. */
  diskReadBytes: number | null;
  diskWrittenBytes: number | null;
}

export const unknownUsage: Usage = {
  cpuSeconds: null,
  memoryBytes: null,
  pids: null,
  networkReceivedBytes: null,
  networkSentBytes: null,
  diskReadBytes: null,
  diskWrittenBytes: null,
};

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
  /** Size of its terminal in characters. Does nothing when it has none. */
  resize(columns: number, rows: number): Promise<void>;
  /** Lets go of watchers and descriptors; the game runs on. */
  release(): void;
}

/** The runtime as a whole does not work right now: nothing is wrong with the server or its image. */
export class RuntimeUnavailable extends AppError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('unavailable', message, options);
  }
}

/** What a runtime can do on this machine, in words for the node page. */
export interface RuntimeReport {
  name: RuntimeName;
  available: boolean;
  version: string | null;
  /** Which limits and walls really hold here. */
  enforces: {
    user: boolean;
    memory: boolean;
    cpu: boolean;
    pids: boolean;
    swap?: boolean;
    cpuPinning?: boolean;
    ioWeight?: boolean;
  };
  /** Of the control groups that limits are set by; null without any. */
  cgroupVersion?: 1 | 2 | null;
  /** How containers share the files of their images. */
  snapshotter?: string;
  /** Plain sentences on what is missing or not isolated. */
  notes: string[];
  /** The same on known holes in the walls between servers and the machine. */
  risks?: string[];
}

/** Runs servers. Knows neither the panel nor sockets; output goes to the run folder's spool, which others read. */
export interface Runtime {
  readonly name: RuntimeName;
  detect(): Promise<RuntimeReport>;
  /**
   * Fetches what a start needs and the machine lacks, such as an image. Resolves at once when nothing is missing, also
   * without any network. Rejects (`invalid_input`, `disk_full`, `unavailable`) with nothing half-done in the way.
   */
  prepare(launch: Launch, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<void>;
  /** Starts a server; rejects (`invalid_input`, `disk_full`, `unavailable`) with nothing left behind. */
  start(launch: Launch, signal: AbortSignal): Promise<RunningServer>;
  /**
   * Takes back what an earlier agent process started: the running server, its exit when it ended meanwhile, or null
   * when this start never happened. Works after SIGKILL of the agent at any moment of `start`.
   */
  recover(serverId: string, startId: string): Promise<RunningServer | Exit | null>;
  /** Removes all traces of a start that has ended (cgroup, pipes; not the spool). Idempotent. */
  remove(serverId: string, startId: string): Promise<void>;
  /** Removes what outlives the starts of a server (its network), once the last start is removed. Idempotent. */
  removeServer(serverId: string): Promise<void>;
}
