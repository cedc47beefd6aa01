import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSignedBy, type SigningKey } from '@catalyst/shared/node/signing-key';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import { z } from 'zod';
import type { Logger } from '../../logger.ts';

const Head = z.object({ seq: z.int(), hash: z.string(), signature: z.string() });
const writeEveryMs = 5000;

interface SignedRow {
  seq: number;
  hash: string;
  signature: string | null;
}

/**
 * How far the chain went, signed and outside the database: without it, rows cut off at the end would leave no trace.
 */
export class AuditHead {
  /** Where older entries are kept. */
  readonly archiveFolder: string;
  readonly #identity: SigningKey;
  readonly #path: string;
  readonly #log: Logger;
  #written = { seq: 0, hash: '' };
  #latest = { seq: 0, hash: '' };
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(identity: SigningKey, folder: string, log: Logger) {
    this.#identity = identity;
    this.#path = join(folder, 'audit-head.json');
    this.archiveFolder = join(folder, 'audit-archive');
    this.#log = log;
    this.#read();
  }

  get latest(): { seq: number; hash: string } {
    return this.#latest;
  }

  get seq(): number {
    return this.#latest.seq;
  }

  get publicKey(): string {
    return this.#identity.publicKey;
  }

  sign(head: { seq: number; hash: string }): string {
    return this.signText(signedText(head));
  }

  /** The panel itself wrote this row, and so all before it. */
  isConfirmed(row: SignedRow): boolean {
    return row.seq === this.#latest.seq ? row.hash === this.#latest.hash : this.isSigned(row);
  }

  isSigned({ seq, hash, signature }: SignedRow): boolean {
    return signature !== null && this.isSignedText(signedText({ seq, hash }), signature);
  }

  isSignedText(text: string, signature: string): boolean {
    return isSignedBy(this.#identity.publicKey, text, signature);
  }

  signText(text: string): string {
    return this.#identity.sign(text);
  }

  moveTo({ seq, hash }: { seq: number; hash: string }): void {
    this.#latest = { seq, hash };
    this.#timer ??= setTimeout(() => void this.flush(), writeEveryMs).unref();
  }

  /** Writes it now; a failure is logged, and tried again with the next entry. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
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
    if (head.success && isSignedBy(this.#identity.publicKey, signedText(head.data), head.data.signature)) {
      this.#latest = { seq: head.data.seq, hash: head.data.hash };
      this.#written = this.#latest;
    } else {
      this.#log.error({ file: this.#path }, 'The signed head of the audit log is damaged or was changed');
    }
  }

  async #write(): Promise<void> {
    const head = this.#latest;
    if (head.seq === this.#written.seq) return;
    try {
      const signature = this.sign(head);
      await writeFileAtomically(this.#path, `${JSON.stringify({ ...head, signature })}\n`);
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
