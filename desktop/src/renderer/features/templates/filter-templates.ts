import type { Template } from '@catalyst/shared/features/templates';

export interface TemplateFilter {
  q?: string;
  origin?: Template['origin'];
}

/** Those that hold every word somewhere in what names and describes them. */
export function filterTemplates(
  templates: readonly Template[],
  { q = '', origin }: TemplateFilter,
): Template[] {
  const words = q.toLowerCase().split(/\s+/);
  return templates.filter((template) => {
    if (origin && template.origin !== origin) return false;
    const { name, summary, id, author, tags } = template;
    const searched = [name, summary, id, author, ...tags].join(' ').toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export function sortTemplates(templates: readonly Template[]): Template[] {
  return [...templates].sort((left, right) => byName.compare(left.name, right.name));
}
