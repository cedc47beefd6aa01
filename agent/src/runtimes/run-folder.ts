import { join } from 'node:path';

/**
 * Where one start of a server lives on disk. The runtime writes it, the console reads it; both find everything again
 * after the agent was killed.
 *
 * `in`: FIFO that is the game's standard input. `out`, `err`: regular files that only grow, punched behind what the
 * console has taken over. `exit`: written by the holder, by rename, when the game has ended.
 */
export class RunFolder {
  readonly path: string;
  constructor(runRoot: string, serverId: string, startId: string) {
    this.path = join(runRoot, serverId, startId);
  }
  get stdin(): string {
    return join(this.path, 'in');
  }
  get stdout(): string {
    return join(this.path, 'out');
  }
  get stderr(): string {
    return join(this.path, 'err');
  }
  get exit(): string {
    return join(this.path, 'exit');
  }
  /** Identity of the holder, and whatever a runtime needs to recover. */
  get state(): string {
    return join(this.path, 'state.json');
  }
}
