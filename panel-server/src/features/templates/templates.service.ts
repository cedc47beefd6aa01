import { AppError } from '@catalyst/shared/contract/errors';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { Template } from '@catalyst/shared/features/templates';
import { catalogue } from './catalogue.ts';

/**
 * The games servers can be made of: those that come with the panel, and one's own. None is made under the id of another,
 * but a newer panel may bring a game of an id that somebody has used already: servers keep what they were made of.
 */
export class Templates {
  readonly #builtIn: ReadonlyMap<string, Template>;
  readonly #own = new Map<string, Template>();
  #sorted: readonly Template[] | null = null;
  /** Grows with each template that is put here or removed. */
  changes = 0;

  constructor(templates: readonly Template[] = catalogue) {
    this.#builtIn = new Map(templates.map((template) => [template.id, template]));
  }

  list({ limit, cursor }: PageQuery): Page<Template> {
    const after = this.#inOrder().filter(({ id }) => cursor === undefined || id > cursor);
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
    return this.#own.get(id) ?? this.#builtIn.get(id);
  }

  /** Those with this part, in lower case, in their names. */
  named(part: string): Template[] {
    return this.#inOrder().filter(({ name }) => name.toLowerCase().includes(part));
  }

  setOwn(templates: readonly Template[]): void {
    this.#own.clear();
    for (const template of templates) this.#own.set(template.id, template);
    this.#sorted = null;
  }

  putOwn(template: Template): void {
    this.#own.set(template.id, template);
    this.#sorted = null;
    this.changes += 1;
  }

  removeOwn(id: string): void {
    this.#own.delete(id);
    this.#sorted = null;
    this.changes += 1;
  }

  #inOrder(): readonly Template[] {
    this.#sorted ??= [...new Map([...this.#builtIn, ...this.#own]).values()].sort((left, right) =>
      left.id < right.id ? -1 : 1,
    );
    return this.#sorted;
  }
}
