import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import type { DataFolder } from '../data-folder.ts';
import type { Logger } from '../logger.ts';
import { Counters, firstServerUid } from './counters.ts';
import { RecordFile } from './record-file.ts';
import { newServerRecord, ServerRecord } from './server-record.ts';

/** What the agent remembers of its servers, one file for each, and the numbers that must never be given twice. */
export class RecordStore {
  readonly #folder: DataFolder;
  readonly #log: Logger;
  readonly #counters: Counters;
  readonly #giveUsers: boolean;

  private constructor(folder: DataFolder, log: Logger, counters: Counters, giveUsers: boolean) {
    this.#folder = folder;
    this.#log = log;
    this.#counters = counters;
    this.#giveUsers = giveUsers;
  }

  /** `giveUsers`: each server gets a user of its own; only root can. */
  static async open(folder: DataFolder, log: Logger, giveUsers: boolean): Promise<RecordStore> {
    return new RecordStore(folder, log, await Counters.open(join(folder.state, 'counters.json')), giveUsers);
  }

  /** All servers. One whose record cannot be read is left alone, files and all, and told of. */
  async load(): Promise<RecordFile[]> {
    const names = await readdir(this.#folder.state);
    const ids = names.flatMap((name) => /^server-(.+)\.json$/.exec(name)?.[1] ?? []);
    const files: RecordFile[] = [];
    for (const id of ids.sort()) {
      const record = await this.#read(id);
      if (!record) continue;
      files.push(new RecordFile(this.#path(id), record));
      await this.#counters.raise({ eventId: record.lastEventId, uid: record.uid ?? 0 });
    }
    return files;
  }

  /** A server the agent did not know; not on the disk before its first `save`. */
  async create(spec: ServerSpec): Promise<RecordFile> {
    return new RecordFile(
      this.#path(spec.serverId),
      newServerRecord(spec, await this.#userFor(spec.serverId)),
    );
  }

  /** Greater than all before, also those of earlier processes. */
  nextEventId(): number {
    return this.#counters.nextEventId();
  }

  async #userFor(serverId: string): Promise<number | null> {
    if (!this.#giveUsers) return null;
    // The record may be lost and the files not: they stay their owner's.
    const owner = (await stat(this.#folder.server(serverId)).catch(() => null))?.uid ?? 0;
    return owner >= firstServerUid ? owner : this.#counters.nextUid();
  }

  async #read(id: string): Promise<ServerRecord | null> {
    for (const path of [this.#path(id), `${this.#path(id)}.bak`]) {
      try {
        return ServerRecord.parse(JSON.parse(await readFile(path, 'utf8')));
      } catch (error) {
        this.#log.error({ err: error, serverId: id, path }, 'The record of a server cannot be read');
      }
    }
    return null;
  }

  #path(serverId: string): string {
    return join(this.#folder.state, `server-${serverId}.json`);
  }
}
