import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endShims, unmountUnder } from './containerd-leftovers.ts';
import { findProgram, systemPath } from './find-program.ts';

const run = promisify(execFile);
const readyTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;

export interface Containerd {
  socketPath: string;
  /** As it names itself, such as `1.6.20~ds1`. */
  version: string;
  /** Everything of it; gone after `stop`. */
  folder: string;
  /** Of the daemon that runs now. */
  readonly pid: number;
  /** Ends the daemon at once; containers run on. Does nothing when it is ended. */
  kill(): Promise<void>;
  /** Ends the daemon, in an orderly way where it runs, and starts it again with all it had; containers run on. */
  restart(): Promise<void>;
  /** Ends the daemon and its containers, with their mounts and cgroups, and removes the folder. */
  stop(): Promise<void>;
}

/**
 * A containerd of its own in a temporary folder, without Kubernetes. `programs` is a folder that is searched before the
 * PATH, for other versions. Undefined, with a printed reason, where there can be none.
 */
export async function startContainerd({
  programs,
}: {
  programs?: string;
} = {}): Promise<Containerd | undefined> {
  const path = programs ? [programs, systemPath()].join(delimiter) : systemPath();
  const program = findProgram('containerd', path);
  if (process.getuid?.() !== 0 || !program || !findProgram('runc', path)) {
    console.warn('Skipped: tests on containerd. They need root, containerd and runc.');
    return undefined;
  }
  const { stdout } = await run(program, ['--version']);
  // `containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1`
  const version = stdout.split(' ')[2] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'catalyst-containerd-'));
  await chmod(folder, 0o711);
  const socketPath = join(folder, 'containerd.sock');
  await writeFile(join(folder, 'config.toml'), configuration(folder, socketPath));

  const start = () => startDaemon(program, folder, path);
  let daemon = await start().catch(async (error) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    socketPath,
    version,
    folder,
    get pid() {
      return daemon.pid ?? 0;
    },
    kill: () => end(daemon, 'SIGKILL'),
    async restart() {
      await end(daemon, 'SIGTERM');
      daemon = await start();
    },
    async stop() {
      // First, so that it does not clean up at the same time.
      await end(daemon, 'SIGKILL');
      await endShims(socketPath);
      await unmountUnder(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function configuration(folder: string, socketPath: string): string {
  // Kubernetes' plugins under the names of 1.x and 2.x, and what would listen or write outside of the folder.
  const disabled = [
    'io.containerd.grpc.v1.cri',
    'io.containerd.cri.v1.images',
    'io.containerd.cri.v1.runtime',
    'io.containerd.nri.v1.nri',
    'io.containerd.internal.v1.opt',
  ];
  return [
    'version = 2',
    `root = ${JSON.stringify(join(folder, 'root'))}`,
    `state = ${JSON.stringify(join(folder, 'state'))}`,
    `disabled_plugins = ${JSON.stringify(disabled)}`,
    '[grpc]',
    `address = ${JSON.stringify(socketPath)}`,
    '',
  ].join('\n');
}

async function startDaemon(program: string, folder: string, path: string): Promise<ChildProcess> {
  const daemon = spawn(program, ['--config', join(folder, 'config.toml')], {
    cwd: folder,
    env: { PATH: path, TMPDIR: tmpdir() },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  daemon.stderr?.on('data', (chunk) => {
    output = (output + chunk).slice(-16_000);
  });
  const deadline = Date.now() + readyTimeoutMs;
  while (!output.includes('containerd successfully booted')) {
    if (daemon.exitCode !== null || daemon.signalCode !== null || Date.now() > deadline) {
      await end(daemon, 'SIGKILL');
      throw new Error(`containerd did not start:\n${output}`);
    }
    await delay(10);
  }
  return daemon;
}

async function end(daemon: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = once(daemon, 'exit');
  daemon.kill(signal);
  const patience = setTimeout(() => daemon.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(patience);
}
