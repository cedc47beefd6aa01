/**
 * From a fresh clone to a page that answers, beside its floor: `npm ci` alone on the same clone, both with a warm npm
 * cache. Then the second start, and one on an empty data folder. Run it where nothing else runs.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../product.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'catalyst-fresh-'));

try {
  const floorClone = clone('floor');
  const floorSeconds = await seconds(
    () => void execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: floorClone, stdio: 'ignore' }),
  );
  rmSync(floorClone, { recursive: true });
  const ours = clone('ours');
  const firstSeconds = await start(ours, 'data');
  const secondSeconds = await start(ours, 'data');
  const emptySeconds = await start(ours, 'other-data');
  console.log(`npm ci alone       ${floorSeconds.toFixed(1)} s`);
  console.log(
    `first npm start    ${firstSeconds.toFixed(1)} s (floor + ${(firstSeconds - floorSeconds).toFixed(1)} s)`,
  );
  console.log(`second npm start   ${secondSeconds.toFixed(1)} s`);
  console.log(`on an empty folder ${emptySeconds.toFixed(1)} s`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function clone(name: string): string {
  const target = join(folder, name);
  execFileSync('git', ['clone', '--quiet', root, target]);
  return target;
}

async function start(cloneFolder: string, dataFolder: string): Promise<number> {
  const dataDir = join(folder, dataFolder);
  rmSync(join(dataDir, 'run', 'port'), { force: true });
  const npm = spawn('npm', ['start'], {
    cwd: cloneFolder,
    env: { ...process.env, CATALYST_DATA_DIR: dataDir, CATALYST_PORT: '0', CATALYST_AGENT_STATS_PORT: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const duration = await seconds(() =>
    until(
      'the page answers',
      async () => {
        const port = readFileSync(join(dataDir, 'run', 'port'), 'utf8').trim();
        const page = await fetch(`http://127.0.0.1:${port}/`);
        return page.ok && (await page.text()).includes('<div id="root">');
      },
      300_000,
    ),
  );
  npm.kill('SIGTERM');
  await once(npm, 'exit');
  await until('the panel has ended', () => !existsSync(join(dataDir, 'run', 'port')));
  return duration;
}

async function seconds(action: () => Promise<void> | void): Promise<number> {
  const startedAt = performance.now();
  await action();
  return (performance.now() - startedAt) / 1000;
}
