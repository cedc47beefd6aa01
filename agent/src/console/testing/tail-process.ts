import { appendFileSync } from 'node:fs';
import { RunFolder } from '../../runtimes/run-folder.ts';
import { ServerConsole } from '../server-console.ts';

/**
 * An agent reduced to its console, to be killed: follows a spool and notes what it has told. With `drain` it ends by
 * itself when it has everything. Arguments: history folder, run root, file for the notes, optionally `drain`.
 */
const [historyFolder = '', runRoot = '', notesPath = '', mode] = process.argv.slice(2);
const console = new ServerConsole({
  folder: historyFolder,
  history: { segmentBytes: 64 * 1024 },
  live: { linesPerSecond: 1e9, bytesPerSecond: 1e9 },
  onProblem: (message, error) => {
    throw new Error(message, { cause: error });
  },
});
await console.open();
console.subscribe((message) => {
  if ('lines' in message) {
    appendFileSync(notesPath, message.lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  } else throw new Error(`lines ${message.dropped.fromSeq} to ${message.dropped.toSeq} were not told`);
});
await console.attach(new RunFolder(runRoot, 'server', 'start'), 'start');
if (mode === 'drain') {
  await console.drain();
  await console.append('system', 'drained');
  await console.close();
}
