import type { EntityManager, EntitySchema } from 'typeorm';

/** As `manager.insert`, which takes longer to find its parameters than the database takes to write the rows. */
export async function insertRows<Row extends object>(
  manager: EntityManager,
  entity: EntitySchema<Row>,
  rows: readonly Row[],
): Promise<void> {
  const { driver } = manager.dataSource;
  const { columns, tableName } = manager.dataSource.getMetadata(entity);
  const values: unknown[] = [];
  const parameters = rows.map((row) =>
    columns.map((column) => {
      values.push(driver.preparePersistentValue(column.getEntityValue(row), column));
      return driver.createParameter(column.propertyName, values.length - 1);
    }),
  );
  const names = columns.map(({ databaseName }) => driver.escape(databaseName));
  await manager.query(
    `INSERT INTO ${driver.escape(tableName)} (${names}) VALUES ${parameters.map((one) => `(${one})`)}`,
    values,
  );
}
