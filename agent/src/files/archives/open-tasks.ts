import { readFile } from 'node:fs/promises';
import { FileTask } from '@catalyst/shared/features/archives-link';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import { z } from 'zod';
import { oneAtATime } from '../../one-at-a-time.ts';

const Noted = z.array(FileTask.pick({ id: true, serverId: true, kind: true }));
type Noted = z.output<typeof Noted>;

/** A note on the disk of what is under way, by which the next agent knows what this one has not ended. */
export class OpenTasks {
  readonly #path: string;
  readonly #oneAtATime = oneAtATime();
  #noted = '[]';

  constructor(path: string) {
    this.#path = path;
  }

  /** Nothing where there is no note, or none that can be read: then only nobody is told. */
  async load(): Promise<Noted> {
    try {
      const text = await readFile(this.#path, 'utf8');
      this.#noted = text;
      return Noted.parse(JSON.parse(text));
    } catch {
      return [];
    }
  }

  save(tasks: Noted): Promise<void> {
    const text = JSON.stringify(tasks.map(({ id, serverId, kind }) => ({ id, serverId, kind })));
    return this.#oneAtATime(async () => {
      if (text === this.#noted) return;
      await writeFileAtomically(this.#path, text);
      this.#noted = text;
    });
  }

  /** Resolves when all that was given is on the disk, or could not be. */
  saved(): Promise<void> {
    return this.#oneAtATime(async () => {});
  }
}

export function toFailed(task: FileTask): FileTask {
  const message = 'The agent was restarted meanwhile; nothing was changed';
  return { ...task, status: 'failed', error: { code: 'unavailable', message } };
}
