/** Milliseconds of one round; what cannot be told apart is left out. */
export interface Round {
  /** From the request until the container is there. */
  create?: number;
  /** From there until its process was let go. */
  start?: number;
  /** From the request to the first byte of output. */
  firstByte: number;
  /** From the command to its end being known. */
  stop?: number;
  /** Until nothing is left of it. */
  delete?: number;
  /** From the request until nothing is left, without the time in which nobody did anything. */
  all: number;
}

export interface Contestant {
  name: string;
  round(): Promise<Round>;
  close?(): Promise<void>;
}

/** What runs in every container. */
export const greeting = ['/bin/sh', '-c', 'echo ready; read line'];

/** Tells the time since it was made. */
export function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => performance.now() - startedAt;
}
