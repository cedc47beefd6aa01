import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build, root } from './build.js';
import { runAll } from './run-tool.js';
import { installServices } from './test-services.js';

// `npm test -- NAME` runs only the test files whose path holds NAME.
const only = process.argv.slice(2);
installServices();
build();
process.exitCode = await runAll([
  ...(only.length > 0 ? [] : [['biome', 'check', '.']]),
  ...['shared', 'panel-server', 'agent', 'desktop', 'e2e'].map((workspace) => ['tsc', '-p', workspace]),
  [...privateNetwork(), join(root, 'node_modules', '.bin', 'vitest'), 'run', ...only],
]);

/** What to put before a command so that its network is its own, where that can be had. */
function privateNetwork() {
  if (process.env.CATALYST_TEST_NETWORK === 'private') return [];
  const script = join(root, 'scripts', 'in-private-network.sh');
  const isPossible = process.platform === 'linux' && process.getuid() === 0;
  if (isPossible && spawnSync(script, ['true'], { stdio: 'ignore' }).status === 0) return [script];
  console.error(
    'Tests share the network of this machine; those that change it are skipped (they need root on Linux).',
  );
  return [];
}
