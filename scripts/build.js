import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const thisFile = fileURLToPath(import.meta.url);
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Loaded at run time from node_modules: they carry machine code. */
const nativePackages = ['better-sqlite3', '@node-rs/argon2'];

/** One character beyond Latin-1 doubles what the engine keeps of the whole source. */
const inAscii = {
  name: 'in-ascii',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) {
      if (file.type !== 'chunk') continue;
      file.code = file.code.replace(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    }
  },
};

/** Node reads all that an imported module of its own exports, and some of that loads megabytes which nobody uses. */
const builtinsInPart = {
  name: 'builtins-in-part',
  resolveId: (id, _importer, { kind }) => (isBuiltin(id) && kind !== 'require-call' ? `\0${id}` : null),
  load(id) {
    if (!id.startsWith('\0') || !isBuiltin(id.slice(1))) return null;
    const names = Object.keys(process.getBuiltinModule(id.slice(1))).filter((name) => name !== 'default');
    return [
      `const builtin = process.getBuiltinModule('${id.slice(1)}');`,
      'export default builtin;',
      ...names.map((name) => `export const ${name} = builtin.${name};`),
    ].join('\n');
  },
};

/** The same modules of Socket.IO's client without the log for its developers. */
const withoutDebugLog = {
  name: 'without-debug-log',
  async resolveId(id, importer, options) {
    if (!/^(socket|engine)\.io/.test(id)) return null;
    const found = await this.resolve(id, importer, { ...options, skipSelf: true });
    return found && { ...found, id: found.id.replace(/([/\\])esm-debug([/\\])/, '$1esm$2') };
  },
};

/** ssh2 tries two parts in machine code and does without, which Node's own ciphers are fast enough for. */
const withoutMachineCode = {
  name: 'without-machine-code',
  resolveId: (id, importer) =>
    importer?.includes('ssh2') && (id === 'cpu-features' || id.endsWith('.node')) ? '\0absent' : null,
  load: (id) => (id === '\0absent' ? "throw new Error('This part is left out');" : null),
};

/** `beside`: files, or folders of them, that go along as they are. */
const bundle = (name, inputs, external, beside = []) => ({
  name,
  sources: [name, 'shared', ...beside],
  output: join(root, name, 'dist', 'main.js'),
  async make() {
    const { build } = await import('rolldown');
    await build({
      input: inputs.map((input) => join(root, input)),
      platform: 'node',
      external,
      plugins: [inAscii, builtinsInPart, withoutDebugLog, withoutMachineCode],
      // ssh2 reads it, as old modules may.
      transform: { define: { __dirname: 'import.meta.dirname' } },
      // So that only what is used is read of them.
      treeshake: { propertyReadSideEffects: false },
      logLevel: 'warn',
      // A bundle that lacks a part would only fail when it runs.
      onLog: (level, log, write) => write(level === 'warn' ? 'error' : level, log),
      output: {
        dir: join(root, name, 'dist'),
        format: 'esm',
        // The source stays in memory: no comments, short names of locals. Functions and classes keep theirs, for traces.
        minify: { compress: false, mangle: { toplevel: false, keepNames: true }, codegen: true },
        sourcemap: true,
        cleanDir: true,
      },
    });
    for (const path of beside) cpSync(join(root, path), join(root, name, 'dist'), { recursive: true });
  },
});

const parts = {
  'panel-server': bundle('panel-server', ['panel-server/src/main.ts'], nativePackages),
  agent: bundle(
    'agent',
    [
      'agent/src/main.ts',
      'agent/src/runtimes/process/node-holder.ts',
      'agent/src/config-files/config-worker.ts',
      'agent/src/files/archives/small-files-worker.ts',
    ],
    [],
    // The panel hands them to the machines that install it.
    ['installers/linux'],
  ),
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

/**
 * Builds those of the named parts whose sources changed since their last build, in a process of its own: the bundlers are
 * large, and the caller may live on for months.
 */
export function build(names = Object.keys(parts)) {
  const stale = names.filter((name) => !isBuilt(name, fingerprint(parts[name].sources)));
  if (stale.length > 0) execFileSync(process.execPath, [thisFile, ...stale], { stdio: 'inherit' });
}

async function make(name) {
  const part = parts[name];
  const wanted = fingerprint(part.sources);
  console.error(`Building ${name} …`);
  await part.make();
  writeFileSync(stampOf(name), wanted);
}

const stampOf = (name) => join(root, 'node_modules', `.built-${name}`);

function isBuilt(name, wanted) {
  return (
    existsSync(parts[name].output) &&
    existsSync(stampOf(name)) &&
    readFileSync(stampOf(name), 'utf8') === wanted
  );
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

if (process.argv[1] === thisFile) {
  const named = process.argv.slice(2);
  for (const name of named.length > 0 ? named : Object.keys(parts)) await make(name);
}
