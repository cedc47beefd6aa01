import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Loaded at run time from node_modules: they carry machine code. */
const nativePackages = ['better-sqlite3', '@node-rs/argon2'];

const bundle = (name, inputs, external) => ({
  name,
  sources: [name, 'shared'],
  output: join(root, name, 'dist', 'main.js'),
  async make() {
    const { build } = await import('rolldown');
    await build({
      input: inputs.map((input) => join(root, input)),
      platform: 'node',
      external,
      logLevel: 'warn',
      output: {
        dir: join(root, name, 'dist'),
        format: 'esm',
        minify: false,
        sourcemap: true,
        cleanDir: true,
      },
    });
  },
});

const parts = {
  'panel-server': bundle('panel-server', ['panel-server/src/main.ts'], nativePackages),
  agent: bundle('agent', ['agent/src/main.ts', 'agent/src/runtimes/process/node-holder.ts'], []),
  interface: {
    name: 'interface',
    sources: ['desktop/src/renderer', 'desktop/index.html', 'desktop/vite.config.ts', 'shared'],
    output: join(root, 'desktop', 'dist', 'renderer', 'index.html'),
    async make() {
      const { build } = await import('vite');
      await build({
        configFile: join(root, 'desktop', 'vite.config.ts'),
        root: join(root, 'desktop'),
        logLevel: 'warn',
      });
    },
  },
  shell: {
    name: 'shell',
    sources: [
      'desktop/src/main',
      'desktop/src/preload',
      'desktop/src/bridge.ts',
      'desktop/build-shell.js',
      'shared',
    ],
    output: join(root, 'desktop', 'dist', 'main', 'main.js'),
    async make() {
      const { buildShell } = await import('../desktop/build-shell.js');
      await buildShell();
    },
  },
};

/** Builds those of the named parts whose sources changed since their last build. */
export async function build(names = Object.keys(parts)) {
  for (const name of names) {
    const part = parts[name];
    const stamp = join(root, 'node_modules', `.built-${name}`);
    const wanted = fingerprint(part.sources);
    if (existsSync(part.output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue;
    console.error(`Building ${name} …`);
    await part.make();
    writeFileSync(stamp, wanted);
  }
}

/** Of names, sizes and times: a few hundred files cost milliseconds. */
function fingerprint(sources) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const source of sources) visit(join(root, source));
  return hash.digest('hex');

  function visit(path) {
    const stat = statSync(path);
    if (!stat.isDirectory()) {
      hash.update(`${relative(root, path)} ${stat.size} ${stat.mtimeMs}\n`);
      return;
    }
    for (const name of readdirSync(path).sort()) {
      if (name !== 'dist' && name !== 'node_modules') visit(join(path, name));
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
