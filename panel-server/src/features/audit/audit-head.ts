import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../atomic-file.ts';
import type { PanelIdentity } from '../../identity/panel-identity.ts';
import type { Logger } from '../../logger.ts';

const Head = z.object({ seq: z.int(), hash: z.string(), signature: z.string() });
const writeEveryMs = 5000;

/**
 * How far the chain went, signed and outside the database: without it, rows cut off at the end would leave no trace.
 */
export class AuditHead {
  readonly #identity: PanelIdentity;
  readonly #path: string;
  readonly #log: Logger;
  #written = { seq: 0, hash: '' };
  #latest = { seq: 0, hash: '' };
  #timer: NodeJS.Timeout | undefined;

  constructor(identity: PanelIdentity, folder: string, log: Logger) {
    this.#identity = identity;
    this.#path = join(folder, 'audit-head.json');
    this.#log = log;
    this.#read();
  }

  get seq(): number {
    return this.#latest.seq;
  }

  agreesWith(row: { seq: number; hash: string }): boolean {
    return row.seq !== this.#latest.seq || row.hash === this.#latest.hash;
  }

  moveTo({ seq, hash }: { seq: number; hash: string }): void {
    this.#latest = { seq, hash };
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#write();
    }, writeEveryMs).unref();
  }

  /** Writes it now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#latest.seq !== this.#written.seq) this.#write();
  }

  #read(): void {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    const head = Head.safeParse(parseJson(text));
    if (head.success && this.#identity.verify(signedText(head.data), head.data.signature)) {
      this.#latest = { seq: head.data.seq, hash: head.data.hash };
      this.#written = this.#latest;
    } else {
      this.#log.error({ file: this.#path }, 'The signed head of the audit log is damaged or was changed');
    }
  }

  #write(): void {
    const head = this.#latest;
    try {
      const signature = this.#identity.sign(signedText(head));
      writeFileAtomically(this.#path, `${JSON.stringify({ ...head, signature })}\n`);
      this.#written = head;
    } catch (err) {
      this.#log.error({ err }, 'The head of the audit log could not be written');
    }
  }
}

const signedText = (head: { seq: number; hash: string }) => `catalyst-audit-head\n${head.seq}\n${head.hash}`;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
