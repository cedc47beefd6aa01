import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFuses, writeFakeElectron } from '../desktop-package/fake-electron.ts';
import { buildDesktopShell } from '../desktop-shim/launch.ts';
import { until } from '../product.ts';

// What the installers contain, packed for Linux around a folder that is laid out like Electron's.

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(join(root, 'desktop', 'package.json'));
const isBuilt = ['panel-server/dist/main.js', 'agent/dist/main.js', 'desktop/dist/renderer/index.html'].every(
  (path) => existsSync(join(root, path)),
);
const isFetched = existsSync(join(dirname(require.resolve('electron/package.json')), 'path.txt'));
if (process.platform !== 'linux') console.log('Desktop package: not run, packs for Linux only');
if (!isBuilt) console.log('Desktop package: the shipped panel is not started, because none is built');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'desktop-package-'));
  chmodSync(folder, 0o711);
  const { version } = JSON.parse(readFileSync(require.resolve('electron/package.json'), 'utf8'));
  writeFakeElectron(join(folder, 'electron'), version);
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe.runIf(process.platform === 'linux')('the packed app (skipped but on Linux)', () => {
  const packed = (...names: string[]) => join(folder, 'out', 'linux-unpacked', ...names);
  const resources = (...names: string[]) => packed('resources', ...names);

  beforeAll(async () => {
    await buildDesktopShell();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        require.resolve('electron-builder/cli.js'),
        ...['--linux', '--dir', '--publish', 'never'],
        `-c.electronDist=${join(folder, 'electron')}`,
        `-c.directories.output=${join(folder, 'out')}`,
      ],
      { cwd: root, encoding: 'utf8', env: { ...process.env, HOME: folder } },
    );
    expect(status, stdout + stderr).toBe(0);
  });

  it('holds main process, preload and status page, and nothing of node_modules', async () => {
    const { listPackage } = await import(require.resolve('@electron/asar'));
    expect(listPackage(resources('app.asar'), { isPack: false }).sort()).toEqual([
      '/dist',
      '/dist/main',
      '/dist/main/main.js',
      '/dist/main/status-page',
      '/dist/main/status-page/status.css',
      '/dist/main/status-page/status.html',
      '/dist/main/status-page/status.js',
      '/dist/preload',
      '/dist/preload/preload.cjs',
      '/package.json',
    ]);
  });

  it('has its fuses flipped', () => {
    expect(readFuses(packed('catalyst-desktop'))).toEqual({
      runAsNode: false,
      cookieEncryption: true,
      nodeOptions: false,
      nodeCliInspect: false,
      embeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('brings a Node of its own that can load what the panel needs', () => {
    const { status, stdout, stderr } = spawnSync(
      resources('node', 'node'),
      [
        '--eval',
        `const { createRequire } = require('node:module');
         const load = createRequire(${JSON.stringify(resources('panel-server', 'main.js'))});
         const Database = load('better-sqlite3');
         console.log(new Database(':memory:').prepare('select 1 + 1 as sum').get().sum);
         load('@node-rs/argon2').verify(load('@node-rs/argon2').hashSync('secret'), 'secret').then(console.log);
         console.log(process.version);`,
      ],
      { encoding: 'utf8', env: {} },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toEqual(['2', process.version, 'true']);
  });

  it.runIf(isBuilt)('starts the shipped panel with its interface (skipped unless built)', async () => {
    const dataDir = join(folder, 'data');
    const panel = spawn(resources('node', 'node'), [resources('panel-server', 'main.js')], {
      env: {
        CATALYST_DATA_DIR: dataDir,
        CATALYST_PORT: '0',
        CATALYST_INTERFACE_DIR: resources('interface'),
      },
    });
    let output = '';
    for (const stream of [panel.stdout, panel.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    const exited = once(panel, 'exit');
    const url = () => `http://127.0.0.1:${readFileSync(join(dataDir, 'run', 'port'), 'utf8').trim()}`;
    try {
      await until('the panel answers', async () => {
        if (panel.exitCode !== null) throw new Error(output);
        return (await fetch(`${url()}/health`)).ok;
      });
      const page = await fetch(`${url()}/`);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(await page.text()).toContain('<script');
    } finally {
      panel.kill('SIGTERM');
      await exited;
    }
  });
});

describe.runIf(process.platform === 'linux')('npm run desktop (skipped but on Linux)', () => {
  const launch = (environment: Record<string, string>) =>
    spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `const { launchDesktop } = await import(${JSON.stringify(join(root, 'desktop', 'launch.js'))}); await launchDesktop([]);`,
      ],
      { encoding: 'utf8', env: { ...process.env, ...environment } },
    );

  it('opens the app in Electron and ends with its exit code', () => {
    const { status, stdout } = launch({ ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'electron') });
    expect(stdout).toBe(`started in ${join(root, 'desktop')}\n`);
    expect(status).toBe(7);
  });

  it.skipIf(isFetched)('says in a sentence that Electron cannot be fetched (skipped where it was)', () => {
    const { status, stderr } = launch({
      ELECTRON_MIRROR: 'http://127.0.0.1:1/',
      electron_config_cache: join(folder, 'cache'),
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /The desktop app needs Electron [0-9.]+, which could not be fetched: its download address cannot be reached\.\n.*npm start\n$/,
    );
    expect(stderr).not.toContain('    at ');
  });
});
