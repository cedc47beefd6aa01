import type { Queue } from '../one-at-a-time.ts';
import type { Folder } from './folder.ts';
import type { Quota } from './quota.ts';

/** What every operation works with: the folder it may not leave, whom files belong to, and how much may be written. */
export interface Access {
  readonly root: Folder;
  readonly owner: Owner;
  readonly quota: Quota;
  /** The hidden names of writes under way, as latin1. */
  readonly temporaries: Set<string>;
  /** Runs one at a time what measures an entry and then replaces it, so that no bytes are freed twice. */
  readonly oneAtATime: Queue;
}

export interface Owner {
  /** The server's user; the agent's own where it cannot change users; undefined on Windows. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** Whether new files must be handed over, because the agent runs as somebody else. */
  readonly mustBeGiven: boolean;
}

/** Hands something just made to the server's user. */
export async function give(
  made: { chown(uid: number, gid: number): Promise<void> },
  owner: Owner,
): Promise<void> {
  if (owner.mustBeGiven && owner.uid !== undefined && owner.gid !== undefined) {
    await made.chown(owner.uid, owner.gid);
  }
}
