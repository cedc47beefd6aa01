import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinkState } from '@catalyst/shared/features/agent-link';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';

/** Remembers which panel knows this agent's key, so that a used secret is not sent again. */
export class Enrolment {
  readonly #path: string;

  constructor(identityFolder: string) {
    this.#path = join(identityFolder, 'enrolled.json');
  }

  async isDone(link: LinkState): Promise<boolean> {
    return (await readFile(this.#path, 'utf8').catch(() => null)) === content(link);
  }

  /** The panel does not know this agent's key any more. */
  async forget(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  /** The panel has accepted this agent as its node. */
  async finish(link: LinkState): Promise<void> {
    if (!(await this.isDone(link))) await writeFileAtomically(this.#path, content(link));
  }
}

function content({ nodeId, panelKey }: LinkState): string {
  return `${JSON.stringify({ nodeId, panelKey })}\n`;
}
