import type { AgentLine, ViewerLine } from './console-text.ts';

export interface Range {
  firstSeq: number;
  lastSeq: number;
}

/** Where lines come from: the agent of the server's node. Both reject while it is offline. */
export interface LineSource {
  watch(serverId: string, watch: boolean): Promise<Range>;
  /** The oldest lines after a number; at most `limit`, fewer when they are long. */
  read(serverId: string, after: number, limit: number): Promise<Range & { lines: AgentLine[] }>;
}

/** One socket, which may follow many consoles. */
export interface Viewer {
  sendLines(serverId: string, lines: ViewerLine[]): void;
  sendDropped(serverId: string, fromSeq: number, toSeq: number): void;
  /** Begins or ends to get what is broadcast for this console. */
  setLive(serverId: string, isLive: boolean): void;
  /** Counts what is about to be sent; answers how much waits in all. */
  countQueued(bytes: number): number;
  isDrained(): boolean;
}

/** Sends to every viewer that is live; encodes once, however many there are. */
export interface Broadcast {
  lines(serverId: string, lines: ViewerLine[]): void;
  dropped(serverId: string, fromSeq: number, toSeq: number): void;
}
