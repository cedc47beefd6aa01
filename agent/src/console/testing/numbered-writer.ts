import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A game that prints numbered lines, `out <n>` and `err <n>`, at a steady rate until it has printed all or gets SIGTERM.
 * In the end it prints how many it was and the longest a single write took. Arguments: the two files (the same twice: no
 * `err` lines), lines of each, lines of each per second.
 */
const [outPath = '', errPath = '', count = '0', perSecond = '1'] = process.argv.slice(2);
const out = openSync(outPath, 'a');
const err = openSync(errPath, 'a');
const start = performance.now();
let longestWriteMs = 0;
let isStopping = false;
process.once('SIGTERM', () => {
  isStopping = true;
});
let printed = 0;
while (printed < Number(count) && !isStopping) {
  const index = ++printed;
  const dueMs = start + (index * 1000) / Number(perSecond);
  while (performance.now() < dueMs) await sleep(1);
  const before = performance.now();
  // Now and then in two pieces, so that a reader meets unfinished lines.
  if (index % 7 === 0) {
    writeSync(out, `out ${index} ${'ä'.repeat(20)}`.slice(0, -10));
    writeSync(out, `${'ä'.repeat(10)}\n`);
  } else writeSync(out, `out ${index} ${'ä'.repeat(20)}\n`);
  if (errPath !== outPath) writeSync(err, `err ${index}\n`);
  longestWriteMs = Math.max(longestWriteMs, performance.now() - before);
}
closeSync(out);
closeSync(err);
process.stdout.write(JSON.stringify({ printed, longestWriteMs }));
