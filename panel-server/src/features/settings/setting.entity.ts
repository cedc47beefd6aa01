import { EntitySchema } from 'typeorm';
import { jsonColumn, timeColumn } from '../../database/columns.ts';

interface SettingRow {
  name: string;
  value: unknown;
  updatedAt: Date;
}

export const SettingEntity = new EntitySchema<SettingRow>({
  name: 'Setting',
  tableName: 'settings',
  columns: {
    name: { type: 'text', primary: true },
    value: jsonColumn(),
    updatedAt: timeColumn(),
  },
});
