import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import { isDraftName, writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import type { Logger } from '../logger.ts';
import { NetworkRecord } from './network-record.ts';

/** The records of all servers with a network, in memory and one file each. */
export class NetworkRecords {
  readonly #folder: string;
  readonly #records = new Map<string, NetworkRecord>();

  constructor(stateFolder: string, log: Logger) {
    this.#folder = join(stateFolder, 'servers');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#folder)) {
      if (!name.endsWith('.json')) continue;
      try {
        const record = NetworkRecord.parse(JSON.parse(readFileSync(join(this.#folder, name), 'utf8')));
        if (name === `${record.serverId}.json`) this.#records.set(record.serverId, record);
      } catch (err) {
        // A power cut can leave such a file; it also ended what the record stood for.
        log.warn({ err, name }, "The record of a server's network cannot be read; it is set up anew");
      }
    }
  }

  get(serverId: string): NetworkRecord | undefined {
    return this.#records.get(serverId);
  }

  all(): NetworkRecord[] {
    return [...this.#records.values()];
  }

  add(record: NetworkRecord): void {
    this.#records.set(record.serverId, record);
  }

  /**
   * Survives the end of the agent. What must also survive a power cut waits for the disk: the rest of a server's network
   * goes with the machine, but CNI plugins keep books of their own.
   */
  async save(record: NetworkRecord): Promise<void> {
    const path = this.#path(record.serverId);
    const text = JSON.stringify(record);
    try {
      if (record.cni) return await writeFileAtomically(path, text);
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      await rename(`${path}.new`, path);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT') {
        throw new AppError('disk_full', 'The disk of this node is full', { cause });
      }
      throw new AppError('unavailable', `The agent cannot write to its data folder: ${message}`, { cause });
    }
  }

  async delete(serverId: string): Promise<void> {
    this.#records.delete(serverId);
    await rm(this.#path(serverId), { force: true });
    await rm(`${this.#path(serverId)}.new`, { force: true });
  }

  /** Files that no record was read from. */
  async removeLeftovers(): Promise<void> {
    for (const name of readdirSync(this.#folder)) {
      const isKnown = name.endsWith('.json') && this.#records.has(name.slice(0, -'.json'.length));
      const isOurs = name.endsWith('.json') || name.endsWith('.json.new') || isDraftName(name);
      if (isOurs && !isKnown) await rm(join(this.#folder, name), { force: true });
    }
  }

  #path(serverId: string): string {
    return join(this.#folder, `${serverId}.json`);
  }
}
