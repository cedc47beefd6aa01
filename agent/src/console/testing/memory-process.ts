import { statSync } from 'node:fs';
import { RunFolder } from '../../runtimes/run-folder.ts';
import { ServerConsole } from '../server-console.ts';

/**
 * Takes over a spool that is already there with the memory settings of the agent, and prints what it cost: growth of
 * the resident memory in MiB at its peak, lines, and the longest time the loop was blocked. Arguments: history folder, run root.
 */
const [historyFolder = '', runRoot = ''] = process.argv.slice(2);
const run = new RunFolder(runRoot, 'server', 'start');
const server = new ServerConsole({ folder: historyFolder });
await server.open();
let liveLines = 0;
server.subscribe((message) => {
  if ('lines' in message) liveLines += message.lines.length;
});
await server.append('system', `${statSync(run.stdout).size} bytes are waiting`);
let longestBlockMs = 0;
let last = performance.now();
const ticks = setInterval(() => {
  longestBlockMs = Math.max(longestBlockMs, performance.now() - last);
  last = performance.now();
}, 1);
const before = process.resourceUsage().maxRSS;
await server.attach(run, 'start');
await server.drain();
clearInterval(ticks);
const growthMiB = (process.resourceUsage().maxRSS - before) / 1024;
process.stdout.write(JSON.stringify({ growthMiB, lastSeq: server.lastSeq, liveLines, longestBlockMs }));
await server.close();
