import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DataSource, type EntityManager, IsNull, MoreThan, Not } from 'typeorm';
import { inTransaction } from '../database/sqlite-gate.ts';
import { SettingEntity } from '../features/settings/setting.entity.ts';
import { type SealedColumn, sealedColumns, sealedSettings } from './sealed-columns.ts';
import type { SecretBox } from './secret-box.ts';

const rowsPerChunk = 200;

interface Row {
  id: string;
  [column: string]: string;
}

/** Seals whatever is stored with the key that seals now. */
export class Resealing {
  readonly #database: DataSource;
  readonly #box: SecretBox;
  readonly #unopened = new Map<string, { table: string; id: string }>();

  constructor(database: DataSource, box: SecretBox) {
    this.#database = database;
    this.#box = box;
  }

  /** Rows that no key opens. */
  get unopened(): { table: string; id: string }[] {
    return [...this.#unopened.values()];
  }

  /** How many were sealed anew. Ends when a look through everything finds nothing more to do. */
  async run(): Promise<number> {
    let count = 0;
    for (;;) {
      const changed = await this.#pass();
      if (changed === 0) return count;
      count += changed;
    }
  }

  async #pass(): Promise<number> {
    let changed = 0;
    for (const column of sealedColumns) changed += await this.#resealColumn(column);
    for (const setting of sealedSettings) changed += await this.#resealSetting(setting);
    return changed;
  }

  async #resealColumn(sealed: SealedColumn): Promise<number> {
    let changed = 0;
    let after = '';
    for (;;) {
      const chunk = await inTransaction(this.#database, (manager) =>
        this.#resealChunk(manager, sealed, after),
      );
      if (chunk.last === undefined) return changed;
      changed += chunk.changed;
      after = chunk.last;
      await nextTurn();
    }
  }

  async #resealChunk(manager: EntityManager, { entity, column, placeOf }: SealedColumn, after: string) {
    const rows: Row[] = await manager.find(entity, {
      select: { id: true, [column]: true },
      where: { id: MoreThan(after), [column]: Not(IsNull()) },
      order: { id: 'ASC' },
      take: rowsPerChunk,
    });
    let changed = 0;
    for (const { id, [column]: before = '' } of rows) {
      const renewed = this.#renew(before, placeOf(id), { table: entity.options.tableName ?? '', id });
      if (renewed === before) continue;
      // What was changed meanwhile is not put back; the next look finds it.
      await manager.update(entity, { id, [column]: before }, { [column]: renewed });
      changed += 1;
    }
    return { changed, last: rows.at(-1)?.id };
  }

  #resealSetting({ name, field, place }: (typeof sealedSettings)[number]): Promise<number> {
    return inTransaction(this.#database, async (manager) => {
      const row = await manager.findOneBy(SettingEntity, { name });
      const value = row?.value as Record<string, unknown> | null | undefined;
      const before = value?.[field];
      if (!row || typeof before !== 'string') return 0;
      const renewed = this.#renew(before, place, { table: 'settings', id: name });
      if (renewed === before) return 0;
      const change = { value: { ...value, [field]: renewed } } as never;
      await manager.update(SettingEntity, { name, updatedAt: row.updatedAt }, change);
      return 1;
    });
  }

  #renew(sealed: string, place: string, row: { table: string; id: string }): string {
    try {
      return this.#box.renew(sealed, place);
    } catch {
      this.#unopened.set(place, row);
      return sealed;
    }
  }
}
