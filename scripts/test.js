import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { build, root } from './build.js';
import { runAll } from './run-tool.js';
import { installServices } from './test-services.js';

// `npm test -- NAME` runs only the test files whose path holds NAME.
const only = process.argv.slice(2);
const testFiles = globSync(['*/src/**/*.test.{ts,tsx}', 'e2e/specs/**/*.spec.ts'], { cwd: root });
/** Their games download themselves. */
const needInternet = ['e2e/specs/first-server.spec.ts'];

installServices();
build();
process.exitCode = await runAll([
  ...(only.length > 0 ? [] : [['biome', 'check', '.']]),
  ...['shared', 'panel-server', 'agent', 'desktop', 'e2e'].map((workspace) => ['tsc', '-p', workspace]),
  // Needs the internet, which the tests do not have.
  ...(isMeant('e2e/specs/installer.spec.ts')
    ? [[process.execPath, join(root, 'e2e', 'services', 'debian-archive.ts')]]
    : []),
  ...testRuns(),
]);

function isMeant(file) {
  return only.length === 0 || only.some((name) => file.includes(name));
}

/** All in a network of their own but those that need the internet; where that cannot be had, all together. */
function testRuns() {
  const vitest = [join(root, 'node_modules', '.bin', 'vitest'), 'run'];
  const prefix = privateNetwork();
  if (!prefix) return [[...vitest, ...only]];
  const online = needInternet.filter(isMeant);
  const isAnyOther = testFiles.some((file) => isMeant(file) && !needInternet.includes(file));
  const excluded = needInternet.flatMap((file) => ['--exclude', `**/${file.split('/').at(-1)}`]);
  return [
    ...(online.length > 0 ? [[...vitest, ...online]] : []),
    // Last, so that the summary people read is the long one. A name that fits nothing is for vitest to complain about.
    ...(isAnyOther || online.length === 0 ? [[...prefix, ...vitest, ...excluded, ...only]] : []),
  ];
}

/** What to put before a command so that its network is its own. */
function privateNetwork() {
  if (process.env.CATALYST_TEST_NETWORK === 'private') return null;
  const script = join(root, 'scripts', 'in-private-network.sh');
  const isPossible = process.platform === 'linux' && process.getuid() === 0;
  if (isPossible && spawnSync(script, ['true'], { stdio: 'ignore' }).status === 0) return [script];
  console.error(
    'Tests share the network of this machine; those that change it are skipped (they need root on Linux).',
  );
  return null;
}
