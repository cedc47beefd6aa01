import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** By then everything is loaded, and the agents of a restarted panel are back. */
const afterStartMs = 10_000;

/**
 * Collects once what loading and compiling has left: 12 MB that V8 would otherwise keep for as long as the panel has
 * little to do.
 */
export function giveBackMemoryAfterStart(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as (options: object) => void;
    setFlagsFromString('--no-expose-gc');
    collectGarbage({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, afterStartMs).unref();
}
