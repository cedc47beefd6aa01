import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../scripts/in-private-network.sh', import.meta.url));

/** Goes on in a process with a network and mounts of its own, unless this is one already: then it returns. */
export function enterPrivateNetwork(entryUrl: string): void {
  if (process.env.CATALYST_TEST_NETWORK === 'private') return;
  const self = [process.execPath, ...process.execArgv, fileURLToPath(entryUrl), ...process.argv.slice(2)];
  const { status } = spawnSync(script, self, { stdio: 'inherit' });
  process.exit(status ?? 1);
}
