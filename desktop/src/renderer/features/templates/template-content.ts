import { NewTemplate, type Template, type TemplateChanges } from '@catalyst/shared/features/templates';
import type { z } from 'zod';

/** What a person says of a template; the rest is the panel's to say. */
export const TemplateContent = NewTemplate.omit({ id: true });
export type TemplateContent = z.output<typeof TemplateContent>;

export function contentOf(template: Template): TemplateContent {
  const { id, version, origin, format, ...content } = template;
  return content;
}

/** Makes a template hold exactly this, also where something it has is not in there. `base`: the version this comes from. */
export function changesTo(content: TemplateContent, base: number): TemplateChanges {
  return { ...content, saveCommands: content.saveCommands ?? null, version: base };
}
