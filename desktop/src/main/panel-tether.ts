/**
 * Runs inside the panel's process before the panel (`node --import`). The app holds the other end of its standard input,
 * which closes however the app goes away, killed included; then the panel is asked to end as by SIGTERM. It is also how
 * to end a panel properly on Windows, where a signal from outside is a kill.
 * Worker threads and forked children inherit `--import`, hence the first line.
 */
const source = (appPid: number) => `
import { isMainThread } from 'node:worker_threads';
if (isMainThread && process.ppid === ${appPid}) {
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(0);
  };
  process.stdin.on('end', end).on('close', end).on('error', end).resume();
  process.stdin.unref?.();
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
`;

export const tetherArguments = (appPid: number): string[] => [
  '--import',
  `data:text/javascript,${encodeURIComponent(source(appPid))}`,
];
