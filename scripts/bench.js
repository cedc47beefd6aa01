import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, root } from './build.js';

const benches = new Map(
  globSync('{agent,panel-server,e2e}/bench/*.ts', { cwd: root }).map((file) => [
    basename(file, '.ts'),
    join(root, file),
  ]),
);
const [name, ...rest] = process.argv.slice(2);
const file = benches.get(name);
if (!file) {
  console.error(`npm run bench -- NAME, where NAME is one of: ${[...benches.keys()].sort().join(', ')}`);
  process.exit(1);
}
build(['panel-server', 'agent', 'interface']);
const child = spawn(process.execPath, [file, ...rest], { stdio: 'inherit', cwd: root });
const [code] = await once(child, 'exit');
process.exitCode = code ?? 1;
