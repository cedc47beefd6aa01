import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Product } from './product.ts';

/** Makes somebody's proofs of who sits there old ones: nobody waits ten minutes for it in a test. */
export function ageProofsOf({ dataDir }: Product, email: string): void {
  const folder = join(dataDir, 'panel');
  const file = readdirSync(folder).find((name) => /\.(sqlite|db)$/.test(name)) as string;
  const database = new DatabaseSync(join(folder, file));
  try {
    database.exec('PRAGMA busy_timeout = 5000');
    const age = database.prepare(
      'UPDATE sessions SET "authenticatedAt" = 0 WHERE "userId" = (SELECT id FROM users WHERE email = ?)',
    );
    if (age.run(email).changes === 0) throw new Error(`${email} has no session whose proof could be old`);
  } finally {
    database.close();
  }
}
