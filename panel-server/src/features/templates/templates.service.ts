import { AppError } from '@catalyst/shared/contract/errors';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { Template } from '@catalyst/shared/features/templates';
import { catalogue } from './catalogue.ts';

/** The games servers can be made of. */
export class Templates {
  readonly #byId: ReadonlyMap<string, Template>;

  constructor(templates: readonly Template[] = catalogue) {
    const sorted = [...templates].sort((left, right) => (left.id < right.id ? -1 : 1));
    this.#byId = new Map(sorted.map((template) => [template.id, template]));
  }

  list({ limit, cursor }: PageQuery): Page<Template> {
    const after = [...this.#byId.values()].filter(({ id }) => cursor === undefined || id > cursor);
    const items = after.slice(0, limit);
    return { items, nextCursor: after.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** Throws `not_found`. */
  get(id: string): Template {
    const template = this.find(id);
    if (!template) throw new AppError('not_found', 'There is no such template');
    return template;
  }

  find(id: string): Template | undefined {
    return this.#byId.get(id);
  }
}
