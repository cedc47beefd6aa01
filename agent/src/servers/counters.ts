import { randomInt } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import { z } from 'zod';
import { oneAtATime } from '../one-at-a-time.ts';

/** A server that was ever on this machine has a user from here on; no other program should. */
export const firstServerUid = 700_000;

/**
 * Where the users of one data folder begin. By chance, or the servers of two agents on a machine would be the same
 * users, who may end each other's games.
 */
const uidBlocks = { count: 10_000, size: 10_000 };

const Ceilings = z.object({ eventId: z.int(), uid: z.int() });

/** Event ids are reserved on the disk this many at a time, so that one costs nothing. */
const reserve = 10_000;

/** Numbers that are never given twice, whatever is deleted or killed meanwhile. */
export class Counters {
  readonly #path: string;
  /** No number up to here is given by a later process. */
  #ceilings: z.output<typeof Ceilings>;
  #lastEventId: number;
  readonly #oneAtATime = oneAtATime();

  private constructor(path: string, ceilings: z.output<typeof Ceilings>) {
    this.#path = path;
    this.#ceilings = ceilings;
    this.#lastEventId = ceilings.eventId;
  }

  static async open(path: string): Promise<Counters> {
    const ceilings = (await read(path)) ?? (await read(`${path}.bak`)) ?? newCeilings();
    const counters = new Counters(path, ceilings);
    await counters.#reserveEvents();
    return counters;
  }

  /** What is already in use, in case the file was lost. */
  async raise({ eventId, uid }: { eventId: number; uid: number }): Promise<void> {
    if (uid > this.#ceilings.uid) {
      this.#ceilings.uid = uid;
      await this.#save();
    }
    if (eventId <= this.#lastEventId) return;
    this.#lastEventId = eventId;
    await this.#reserveEvents();
  }

  nextEventId(): number {
    this.#lastEventId += 1;
    // Half of the reserve is left when the next one is ordered; a full disk leaves time to be noticed.
    if (this.#ceilings.eventId - this.#lastEventId < reserve / 2) this.#reserveEvents().catch(() => {});
    return this.#lastEventId;
  }

  /** On the disk before it is given. None that anybody is using. */
  async nextUid(): Promise<number> {
    const running = await runningUids();
    do this.#ceilings.uid += 1;
    while (running.has(this.#ceilings.uid));
    const { uid } = this.#ceilings;
    await this.#save();
    return uid;
  }

  async #reserveEvents(): Promise<void> {
    this.#ceilings.eventId = this.#lastEventId + reserve;
    await this.#save();
  }

  #save(): Promise<void> {
    return this.#oneAtATime(() =>
      writeFileAtomically(this.#path, JSON.stringify(this.#ceilings), { keepPrevious: true }),
    );
  }
}

function newCeilings(): z.output<typeof Ceilings> {
  return { eventId: 0, uid: firstServerUid + randomInt(uidBlocks.count) * uidBlocks.size - 1 };
}

/** The users of all processes there are; only Linux tells, and only there servers get users. */
async function runningUids(): Promise<Set<number>> {
  const names = await readdir('/proc').catch(() => []);
  const processes = names.filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(processes.map((name) => stat(`/proc/${name}`).catch(() => null)));
  return new Set(stats.flatMap((process) => (process ? [process.uid] : [])));
}

async function read(path: string): Promise<z.output<typeof Ceilings> | null> {
  try {
    return Ceilings.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}
