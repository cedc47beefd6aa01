import { runAll } from './run-tool.js';

process.exitCode = await runAll([
  ['biome', 'check', '.'],
  ...['shared', 'panel-server', 'agent', 'desktop', 'e2e'].map((workspace) => ['tsc', '-p', workspace]),
  ['vitest', 'run', '--project', '!e2e', ...process.argv.slice(2)],
]);
