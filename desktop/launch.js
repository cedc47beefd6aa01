import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

const desktop = import.meta.dirname;

/**
 * Opens the built desktop app in Electron, whose binary is fetched the first time. Further arguments go to Electron.
 * The exit code of this process becomes the app's, or 1 with a sentence when there is no binary to be had.
 */
export async function launchDesktop(args = process.argv.slice(2)) {
  const electron = findElectron();
  if (!electron) {
    process.exitCode = 1;
    return;
  }
  const child = spawn(electron, [desktop, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const { promise, resolve } = Promise.withResolvers();
  child.on('error', (error) => {
    console.error(`Electron could not be started: ${error.message}`);
    resolve(1);
  });
  child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  process.exitCode = await promise;
}

/** The binary that belongs to the installed version, fetched when it is not there yet; undefined when that fails. */
function findElectron() {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('electron/package.json'));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (!process.env.ELECTRON_OVERRIDE_DIST_PATH && !isFetched(folder)) {
    console.error(`Fetching Electron ${version} (once) …`);
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'install.js')], {
      encoding: 'utf8',
    });
    if (status !== 0) {
      console.error(
        `The desktop app needs Electron ${version}, which could not be fetched: ${firstReason(stderr)}\n` +
          'Try again with an internet connection. The same interface runs in any browser: npm start',
      );
      return undefined;
    }
  }
  return require('electron');
}

function isFetched(folder) {
  const pathFile = join(folder, 'path.txt');
  return existsSync(pathFile) && existsSync(join(folder, 'dist', readFileSync(pathFile, 'utf8')));
}

/** The sentence in a stack trace; the one for "no connection" says nothing to anybody. */
function firstReason(stderr) {
  const line = stderr.split('\n').find((text) => /error/i.test(text)) ?? stderr.trim();
  return line.includes('fetch failed') ? 'its download address cannot be reached.' : line.trim();
}
