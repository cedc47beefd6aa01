import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import { z } from 'zod';
import type { DataFolder } from '../data-folder.ts';

const Choice = z.object({ opens: z.boolean() });

/** Whether the machine's firewall is opened for servers: as the panel said last, no before it has said anything. */
export class FirewallChoice {
  readonly #path: string;
  #opens: boolean;

  private constructor(path: string, opens: boolean) {
    this.#path = path;
    this.#opens = opens;
  }

  static async load({ state }: Pick<DataFolder, 'state'>): Promise<FirewallChoice> {
    const path = join(state, 'firewall.json');
    const text = await readFile(path, 'utf8').catch(() => '');
    return new FirewallChoice(path, opensIn(text));
  }

  get opens(): boolean {
    return this.#opens;
  }

  async save(opens: boolean): Promise<void> {
    if (opens === this.#opens) return;
    await writeFileAtomically(this.#path, JSON.stringify({ opens }));
    this.#opens = opens;
  }
}

function opensIn(text: string): boolean {
  try {
    return Choice.parse(JSON.parse(text)).opens;
  } catch {
    return false;
  }
}
