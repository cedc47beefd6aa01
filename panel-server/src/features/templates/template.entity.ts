import type { Template } from '@catalyst/shared/features/templates';
import { EntitySchema } from 'typeorm';
import { idColumn, jsonColumn, timeColumn } from '../../database/columns.ts';
import type { EggSource } from './eggs/read-egg.ts';

export interface TemplateRow {
  id: string;
  version: number;
  template: Template;
  /** The file it was imported from, with all that we do not understand of it. */
  egg: EggSource | null;
  createdAt: Date;
  updatedAt: Date;
}

export const TemplateEntity = new EntitySchema<TemplateRow>({
  name: 'Template',
  tableName: 'templates',
  columns: {
    id: idColumn(),
    version: { type: 'integer' },
    template: jsonColumn(),
    egg: { ...jsonColumn(), nullable: true, select: false },
    createdAt: timeColumn(),
    updatedAt: timeColumn(),
  },
});
