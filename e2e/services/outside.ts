import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const namespace = 'outside';
/** This machine's, on the cable. */
export const hostAddress = '192.0.2.1';

/** Another machine at the end of a cable, in a private network namespace; ends with what it returns. */
export function connectOutside(): () => void {
  batch(`netns add ${namespace}
    link add name wan type veth peer name wan netns ${namespace}
    addr add ${hostAddress}/24 dev wan
    link set wan up`);
  batch(
    `link set lo up
    addr add 192.0.2.2/24 dev wan
    link set wan up`,
    ['-n', namespace],
  );
  return () => batch(`link delete wan\nnetns delete ${namespace}`);
}

/** What a script prints over there; a single JSON value. */
export async function askFromOutside<T>(script: string, args: readonly string[]): Promise<T> {
  const command = ['netns', 'exec', namespace, process.execPath, script, ...args];
  const { stdout } = await promisify(execFile)('ip', command, { timeout: 20_000 });
  return JSON.parse(stdout);
}

function batch(lines: string, options: string[] = []): void {
  const input = lines.replaceAll(/^\s+/gm, '');
  execFileSync('ip', [...options, '-batch', '-'], { input, stdio: ['pipe', 'pipe', 'inherit'] });
}
