import { AppError, toIssues } from '@catalyst/shared/contract/errors';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import {
  type NewTemplate,
  Template,
  type TemplateChanges,
  type TemplateVersion,
} from '@catalyst/shared/features/templates';
import { type DataSource, LessThan } from 'typeorm';
import type { Caller } from '../../access.ts';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { ServerEntity } from '../servers/server.entity.ts';
import { checkTemplate } from './check-template.ts';
import type { EggSource } from './eggs/read-egg.ts';
import { TemplateEntity, type TemplateRow } from './template.entity.ts';
import { templateId } from './template-id.ts';
import { TemplateVersionEntity } from './template-version.entity.ts';
import type { Templates } from './templates.service.ts';

/** How often another id is tried, when somebody takes one at the same moment. */
const maxTries = 20;
/** Of one statement; a database takes only so many values in one. */
const rowsAtOnce = 50;

/** What an imported file says, and the file. */
export interface ReadTemplate {
  template: Template;
  egg: EggSource;
}

/** The templates people make and import. They are kept in the database; `Templates` knows them all. */
export class OwnTemplates {
  readonly #database: DataSource;
  readonly #templates: Templates;
  #loaded = '';

  constructor(database: DataSource, templates: Templates) {
    this.#database = database;
    this.#templates = templates;
  }

  /** Takes over what is on record, when it is not what was there the last time; another panel may have changed it. */
  async load(): Promise<void> {
    const state = await this.#rows
      .createQueryBuilder('row')
      .select('COUNT(*)', 'count')
      .addSelect('SUM(row.version)', 'versions')
      .addSelect('MAX(row."updatedAt")', 'latest')
      .getRawOne();
    const stamp = JSON.stringify(state);
    if (stamp === this.#loaded) return;
    const { changes } = this.#templates;
    const rows = await this.#rows.find();
    // What was changed here meanwhile may not be among them; the next look finds all of it.
    if (changes !== this.#templates.changes) return;
    // What an earlier version wrote down gets the defaults of what came since.
    this.#templates.setOwn(rows.map(({ template }) => Template.parse(template)));
    this.#loaded = stamp;
  }

  /** Throws `conflict` for an id that is taken; without one the name makes it. */
  async create({ id, ...body }: NewTemplate, caller: Caller): Promise<Template> {
    const make = (free: string) => valid({ ...body, id: free, version: 1, origin: 'own', format: 1 });
    if (id === undefined) return this.#insertUnderFreeId(body.name, make, null, caller);
    const template = make(id);
    if (this.#templates.find(id) || !(await this.#insert([newRow(template, null)], caller))) {
      throw new AppError('conflict', `There is a template ${id} already`);
    }
    return template;
  }

  /** One that was imported, under an id that is free. */
  add({ template, egg }: ReadTemplate, caller: Caller): Promise<Template> {
    return this.#insertUnderFreeId(template.name, (id) => ({ ...template, id }), egg, caller);
  }

  /** As they would be added now. */
  wouldBe(read: readonly ReadTemplate[]): Template[] {
    const taken = new Set<string>();
    return read.map(({ template }) => {
      const isTaken = (id: string) => taken.has(id) || this.#templates.find(id) !== undefined;
      const id = templateId(template.name, isTaken);
      taken.add(id);
      return { ...template, id };
    });
  }

  /** Many at once, in their order: the disk is waited for once. */
  async addAll(read: readonly ReadTemplate[], caller: Caller): Promise<Template[]> {
    const templates = this.wouldBe(read);
    const rows = templates.map((template, index) => newRow(template, read[index]?.egg ?? null));
    if (await this.#insert(rows, caller)) return templates;
    const added: Template[] = [];
    for (const each of read) added.push(await this.add(each, caller));
    return added;
  }

  /** With `egg`, it comes from that file now. */
  async update(
    id: string,
    { version, ...changes }: TemplateChanges,
    caller: Caller,
    egg?: EggSource,
  ): Promise<Template> {
    const row = await this.#row(id);
    if (version !== undefined && version !== row.version) {
      throw new AppError(
        'precondition_failed',
        `The template was changed: it has version ${row.version} now`,
      );
    }
    if (Object.keys(changes).length === 0 && !egg) return row.template;
    const { saveCommands = row.template.saveCommands } = changes;
    const template = valid({
      ...{ ...row.template, ...changes, version: row.version + 1 },
      saveCommands: saveCommands ?? undefined,
    });
    const now = new Date();
    await this.#database.transaction(async (manager) => {
      const { affected } = await manager.update(
        TemplateEntity,
        { id, version: row.version },
        // The types of the data mapper do not end on JSON within JSON.
        { version: template.version, template, updatedAt: now, ...(egg && { egg }) } as never,
      );
      if (affected !== 1) throw new AppError('conflict', 'Somebody else has just changed this template');
      await manager.insert(TemplateVersionEntity, versionRow(template, caller, now) as never);
    });
    this.#templates.putOwn(template);
    return template;
  }

  async delete(id: string): Promise<void> {
    await this.#row(id);
    const servers = await this.#database.getRepository(ServerEntity).countBy({ templateId: id });
    if (servers > 0) {
      const who = servers === 1 ? '1 server is' : `${servers} servers are`;
      throw new AppError('conflict', `${who} made of this template`);
    }
    await this.#rows.delete({ id });
    this.#templates.removeOwn(id);
  }

  async versions(id: string, { limit, cursor }: PageQuery): Promise<Page<TemplateVersion>> {
    const template = this.#templates.get(id);
    const rows = await this.#database.getRepository(TemplateVersionEntity).find({
      where: { templateId: id, ...(cursor !== undefined && { version: LessThan(Number(cursor)) }) },
      order: { version: 'DESC' },
      take: limit + 1,
    });
    if (rows.length === 0 && cursor === undefined) {
      // It came with the panel.
      const at = new Date(0);
      return {
        items: [{ version: template.version, at, actorName: 'Catalyst', template }],
        nextCursor: null,
      };
    }
    const items = rows.slice(0, limit).map((row) => ({
      version: row.version,
      at: row.createdAt,
      actorName: row.actorName,
      template: Template.parse(row.template),
    }));
    return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.version) : null };
  }

  /** The file it came from, if it did. */
  async eggOf(id: string): Promise<EggSource | null> {
    const row = await this.#rows.findOne({ where: { id }, select: { id: true, egg: true } });
    return row?.egg ?? null;
  }

  async #insertUnderFreeId(
    name: string,
    make: (id: string) => Template,
    egg: EggSource | null,
    caller: Caller,
  ): Promise<Template> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const template = make(templateId(name, (id) => this.#templates.find(id) !== undefined));
      if (await this.#insert([newRow(template, egg)], caller)) return template;
      // Another panel has it; this one does not know yet.
      await this.load();
    }
    throw new AppError('conflict', 'No id is free for this template');
  }

  /** All or none; whether their ids were free. */
  async #insert(rows: readonly TemplateRow[], caller: Caller): Promise<boolean> {
    try {
      await this.#database.transaction(async (manager) => {
        for (let at = 0; at < rows.length; at += rowsAtOnce) {
          const some = rows.slice(at, at + rowsAtOnce);
          const versions = some.map(({ template, createdAt }) => versionRow(template, caller, createdAt));
          await manager.insert(TemplateEntity, some as never);
          await manager.insert(TemplateVersionEntity, versions as never);
        }
      });
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
    for (const { template } of rows) this.#templates.putOwn(template);
    return true;
  }

  async #row(id: string): Promise<TemplateRow> {
    const row = await this.#rows.findOneBy({ id });
    if (row) return { ...row, template: Template.parse(row.template) };
    const { name } = this.#templates.get(id);
    throw new AppError(
      'conflict',
      `${name} comes with the panel; import or make one of your own to change it`,
    );
  }

  get #rows() {
    return this.#database.getRepository(TemplateEntity);
  }
}

function newRow(template: Template, egg: EggSource | null): TemplateRow {
  const now = new Date();
  return { id: template.id, version: template.version, template, egg, createdAt: now, updatedAt: now };
}

const versionRow = (template: Template, caller: Caller, createdAt: Date) => ({
  templateId: template.id,
  version: template.version,
  template,
  actorId: caller.userId,
  actorName: caller.person.name,
  createdAt,
});

function valid(input: unknown): Template {
  const parsed = Template.safeParse(input);
  if (!parsed.success) {
    throw new AppError('invalid_input', 'The template is not complete', { issues: toIssues(parsed.error) });
  }
  checkTemplate(parsed.data);
  return parsed.data;
}
