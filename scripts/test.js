import { build } from './build.js';
import { runAll } from './run-tool.js';
import { installServices } from './test-services.js';

// `npm test -- NAME` runs only the test files whose path holds NAME.
const only = process.argv.slice(2);
installServices();
build();
process.exitCode = await runAll([
  ...(only.length > 0 ? [] : [['biome', 'check', '.']]),
  ...['shared', 'panel-server', 'agent', 'desktop', 'e2e'].map((workspace) => ['tsc', '-p', workspace]),
  ['vitest', 'run', ...only],
]);
