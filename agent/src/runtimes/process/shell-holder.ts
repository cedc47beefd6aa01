import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, fchownSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFolder } from '../run-folder.ts';
import type { Launch } from '../runtime.ts';
import { environmentScript } from './environment-script.ts';
import { coverInherited } from './inherited-descriptors.ts';
import { openDirectory } from './launch-check.ts';

/**
 * Stays behind as the game's parent, whatever happens to the agent, and writes down how it ended. It keeps out of the
 * control group, so that neither a memory limit nor a fork bomb can stop it from doing so. Tenants decide nothing here:
 * their words arrive as "$@" and their environment after the rights are gone (environment-script.ts).
 *
 * Descriptors: 3 the server's folder, 4 the environment, 5 and 6 the spool. Arguments: a limit of processes or -,
 * how many control groups to join, their files, and the command.
 */
const script = `
read -r pid x x x x x x x x x x x x x x x x x x x x start x </proc/self/stat
echo -500 2>/dev/null >/proc/self/oom_score_adj
umask 077
set -C
echo "holder $pid $start" 2>/dev/null >holder || exit 1
set +C
(
  read -r pid x x x x x x x x x x x x x x x x x x x x start x </proc/self/stat
  refuse() { echo "failed $1" >&7; exit 1; }
  mkfifo in &
  processes=$1
  groups=$2
  shift 2
  while [ "$groups" -gt 0 ]; do
    echo 0 >"$1" || refuse 'The control group could not be joined'
    groups=$((groups - 1))
    shift
  done
  wait $! && [ -p in ] && exec 0<>in || refuse 'The pipe for input could not be made'
  echo 500 >/proc/self/oom_score_adj
  ulimit -c 0
  ulimit -n 65536 || ulimit -n "$(ulimit -Hn)"
  [ "$processes" = - ] || ulimit -p "$processes" || ulimit -u "$processes"
  cd -P /proc/self/fd/3 || refuse "The server's folder could not be entered"
  umask 027
  echo "game $pid $start" >&7
  exec 2>&6 3<&- 5>&- 6>&- 7>&-
  exec "$@"
) 1>&5 7>>holder
echo $? 1<>exit.tmp && mv exit.tmp exit
`;

interface ShellHolderPlan {
  folder: RunFolder;
  launch: Launch;
  /** Files of the control groups to join; none where there are no control groups. */
  joinFiles: readonly string[];
  /** What takes the agent's rights away, put before the command. */
  privilegePrefix: readonly string[];
  /** The user the game will run as. */
  uid: number | null;
}

/** Spawns a holder in a session of its own. The environment is the agent's in nothing. */
export function spawnShellHolder(plan: ShellHolderPlan): ChildProcess {
  const { folder, launch, joinFiles } = plan;
  const opened: number[] = [];
  const open = (descriptor: number) => {
    opened.push(descriptor);
    return descriptor;
  };
  try {
    const directory = open(openDirectory(launch.directory));
    const environment = open(writeEnvironment(plan));
    const stdout = open(openSync(folder.stdout, constants.O_WRONLY | constants.O_APPEND));
    const stderr = open(openSync(folder.stderr, constants.O_WRONLY | constants.O_APPEND));
    const nothing = open(openSync('/dev/null', 'r+'));
    const processes = plan.uid !== null && joinFiles.length === 0 ? `${launch.limits.pids}` : '-';
    return spawn(
      '/bin/sh',
      [
        ...['-c', script, 'catalyst-holder', processes, `${joinFiles.length}`, ...joinFiles],
        ...plan.privilegePrefix,
        ...['/bin/sh', '/proc/self/fd/4', ...launch.argv],
      ],
      {
        cwd: folder.path,
        env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
        detached: true,
        stdio: coverInherited([nothing, nothing, nothing, directory, environment, stdout, stderr], nothing),
      },
    );
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

/** An open file that has no name any more; the game's user may read it, as the shell opens it once more. */
function writeEnvironment({ folder, launch, uid }: ShellHolderPlan): number {
  const path = join(folder.path, 'environment');
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  const bytes = Buffer.from(environmentScript(launch.environment));
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
  if (uid !== null) fchownSync(descriptor, uid, uid);
  return descriptor;
}
