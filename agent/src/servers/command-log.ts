import { appendFile, mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import { oneAtATime } from '../one-at-a-time.ts';

const remembered = 500;
/** Each command has two notes: it is about to be given; it was given, with the number of its echo. */
const notesPerFile = remembered * 2;

/**
 * Commands by the id they came with, also those that an earlier agent process was given: one that comes twice, because
 * its answer was lost, is not given to the game twice.
 */
export class CommandLog {
  readonly #path: string;
  readonly #answers = new Map<string, Promise<number>>();
  readonly #oneAtATime = oneAtATime();
  #notes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Before anything else. What cannot be read is forgotten. */
  async open(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 }).catch(() => {});
    for (const path of [`${this.#path}.old`, this.#path]) {
      const notes = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter((note) => note !== '');
      for (const note of notes) {
        const [id = '', seq] = note.split(' ');
        this.#remember(id, seq === undefined ? notKnown() : Promise.resolve(Number(seq)));
      }
      this.#notes = notes.length;
    }
  }

  /**
   * `give` runs once for each id; later callers get its answer, also when it failed. It calls `note` before it does what
   * a later agent process must not do again.
   */
  once(id: string, give: (note: () => Promise<void>) => Promise<number>): Promise<number> {
    const known = this.#answers.get(id);
    if (known) return known;
    const answer = this.#giveNoted(id, give);
    this.#remember(id, answer);
    return answer;
  }

  async #giveNoted(id: string, give: (note: () => Promise<void>) => Promise<number>): Promise<number> {
    const seq = await give(() => this.#note(id));
    await this.#note(`${id} ${seq}`);
    return seq;
  }

  #remember(id: string, answer: Promise<number>): void {
    answer.catch(() => {});
    this.#answers.set(id, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > remembered && oldest !== undefined) this.#answers.delete(oldest);
  }

  /** Safe from the agent's own end, which is all that matters: no game outlives the machine. */
  #note(note: string): Promise<void> {
    // A full disk keeps the command from being remembered, not from being given.
    return this.#oneAtATime(() => this.#write(note)).catch(() => {});
  }

  async #write(note: string): Promise<void> {
    if (this.#notes >= notesPerFile) {
      await rename(this.#path, `${this.#path}.old`);
      this.#notes = 0;
    }
    // The newline comes first, so that what a full disk has cut off spoils nothing but itself.
    await appendFile(this.#path, `\n${note}`, { mode: 0o600 });
    this.#notes += 1;
  }
}

function notKnown(): Promise<number> {
  return Promise.reject(
    new AppError('unavailable', 'The agent was restarted when this was given; see in the console if it was'),
  );
}
