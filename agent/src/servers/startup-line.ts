/** Images replace these themselves before their shell reads the line. */
const placeholder = /\{\{\s*(\w+)\s*\}\}/g;

/**
 * Runs a line as the images of the community do, where there is no image: a shell reads it, and takes the variables from
 * the environment, so that no value of one is ever read as part of the line. A signal reaches all that the line has
 * started, as from a terminal; that of the line is the end of the server.
 */
export function shellCommand(line: string): string[] {
  return ['bash', '-c', keeper, 'bash', line.replace(placeholder, (_, name: string) => `\${${name}}`)];
}

// With job control the line has a process group of its own. `wait` ends early when a signal comes, and may be asked
// again for the exit code of a job that has ended.
const keeper = `
set -m
"$0" -c "$1" &
for signal in INT TERM QUIT HUP ABRT; do trap "kill -s $signal -- -$!" "$signal"; done
wait $!
while kill -0 $! 2>/dev/null; do wait $!; done
wait $!
`;
