import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** By then everything is loaded, recovered and connected. */
const afterStartMs = 10_000;

/**
 * Collects once what starting has left, up to a quarter of the heap, which V8 would otherwise keep for as long as the
 * program has little to do.
 */
export function giveBackMemoryAfterStart(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as (options: object) => void;
    setFlagsFromString('--no-expose-gc');
    // What V8 does when memory runs out: code that only ran at the start goes, too.
    collectGarbage({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, afterStartMs).unref();
}
