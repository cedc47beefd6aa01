import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openServerDirectory } from '../../server-directory.ts';
import { madeTar } from './made-tar.ts';

// Run by file-tasks.test.ts, and killed by it in the middle of anything: unpacks the same fifty files again and again.
const [root = ''] = process.argv.slice(2);
await using directory = await openServerDirectory(root);
const entries = Array.from({ length: 50 }, (_, index) => ({
  name: `world/${index}`,
  content: 'x'.repeat(9000),
}));
await directory.write('archive', madeTar(entries));
for (let number = 0; ; number += 1) {
  if (existsSync(join(root, `copy${number}`))) continue;
  await directory.extractArchive('archive', `copy${number}`, { onProgress: () => process.stdout.write('x') });
}
