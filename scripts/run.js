// Entry of every npm script. Runs on the Node the machine happens to have (20 or newer), without dependencies: installs
// what the lock file names when it is not there yet, then continues on the Node version the product is made for.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [command, ...rest] = process.argv.slice(2);

installDependencies();
// A young generation of this size costs nothing measurable and saves an idle panel several megabytes.
const engineFlags = ['start', 'agent'].includes(command) ? ['--max-semi-space-size=2'] : [];
const child = spawn(productNode(), [...engineFlags, join(root, 'scripts', `${command}.js`), ...rest], {
  stdio: 'inherit',
  cwd: root,
  env: { ...process.env, MALLOC_ARENA_MAX: '1' },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// A shell between npm and this script may end by the signal without passing it on.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 250).unref();
child.on('exit', (code, signal) => {
  if (signal) process.exitCode = 1;
  else process.exitCode = code ?? 1;
});

function installDependencies() {
  const stamp = join(root, 'node_modules', '.installed-from');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing dependencies (once) …');
  // On Windows npm is a script, which only a shell can start.
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  writeFileSync(stamp, wanted);
}

function productNode() {
  const folder = join(
    root,
    'node_modules',
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
  );
  const packaged = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  console.error(
    `Catalyst needs Node 22.14 or newer, and no Node of its own exists for ${process.platform}-${process.arch}; this is ${process.version}.`,
  );
  process.exit(1);
}
