import type { Template } from '@catalyst/shared/features/templates';

export interface TemplateFilter {
  q?: string;
  origin?: Template['origin'];
  tag?: string;
}

/** Those that hold every word somewhere in what names and describes them. */
export function filterTemplates(
  templates: readonly Template[],
  { q = '', origin, tag }: TemplateFilter,
): Template[] {
  const words = q.toLowerCase().split(/\s+/);
  return templates.filter((template) => {
    if (origin && template.origin !== origin) return false;
    if (tag && !template.tags.includes(tag)) return false;
    const { name, summary, id, author, tags } = template;
    const searched = [name, summary, id, author, ...tags].join(' ').toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export function sortTemplates(templates: readonly Template[]): Template[] {
  return [...templates].sort((left, right) => byName.compare(left.name, right.name));
}

/** The tags that narrow a list down best: those of several templates, the commonest first. */
export function commonTags(templates: readonly Template[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const tag of templates.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .sort(([left, leftCount], [right, rightCount]) => rightCount - leftCount || byName.compare(left, right))
    .slice(0, most)
    .map(([tag]) => tag);
}
