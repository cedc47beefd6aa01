import type { Template } from '@catalyst/shared/features/templates';
import { EntitySchema } from 'typeorm';
import { jsonColumn, timeColumn } from '../../database/columns.ts';

export interface TemplateVersionRow {
  templateId: string;
  version: number;
  template: Template;
  actorId: string | null;
  actorName: string;
  createdAt: Date;
}

export const TemplateVersionEntity = new EntitySchema<TemplateVersionRow>({
  name: 'TemplateVersion',
  tableName: 'template_versions',
  columns: {
    templateId: { type: 'text', primary: true },
    version: { type: 'integer', primary: true },
    template: jsonColumn(),
    actorId: { type: 'text', nullable: true },
    actorName: { type: 'text' },
    createdAt: timeColumn(),
  },
});
