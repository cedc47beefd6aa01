import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianArchive, type Finished, finished, makeDebianArchive } from './debian-archive.ts';

interface RunOptions {
  /** Runs outside, where it sees the tree as `$root`; mounts end with the command. */
  before?: string;
  /** Arguments for `chroot`. */
  chroot?: string[];
  environment?: Record<string, string>;
}

/** A fresh Debian in a folder, as `debootstrap` makes it, to install things in. */
export class DebianTree {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** Undefined, with a printed reason, where there is none to be had. */
  static async create(): Promise<DebianTree | undefined> {
    const reason = await makeDebianArchive();
    if (reason !== null) {
      console.warn(`Skipped: tests in a Debian of their own. ${reason}`);
      return undefined;
    }
    const root = await mkdtemp(join(tmpdir(), 'catalyst-debian-'));
    await mustRun('tar', ['-xf', debianArchive, '-C', root]);
    await chmod(root, 0o755);
    return new DebianTree(root);
  }

  /** Runs a line of shell in there. */
  run(line: string, options: RunOptions = {}): Promise<Finished> {
    return finished(this.start(line, options));
  }

  /** Ends with the line; its mounts are nobody else's. */
  start(line: string, { before = ':', chroot = [], environment = {} }: RunOptions = {}) {
    const prepare = `root=$1; shift
      mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"
      ${before}
      exec chroot "$@"`;
    const inside = [...chroot, this.root, '/bin/sh', '-c', line];
    return spawn('unshare', ['--mount', '--', 'sh', '-ec', prepare, 'sh', this.root, ...inside], {
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Every file with what would show a change of it; without what apt and running programs write for themselves. */
  async files(): Promise<string[]> {
    const left = ['proc', 'sys', 'dev', 'run', 'tmp', 'var/tmp', 'var/cache', 'var/log', 'var/lib/apt'];
    const prune = left.flatMap((path) => ['-o', '-path', `./${path}`]).slice(1);
    const { output } = await mustRun(
      'find',
      ['.', '(', ...prune, ')', '-prune', '-o', '-printf', '%p %y %m %U:%G %s %T@ %l\\n'],
      this.root,
    );
    return output.trim().split('\n').sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

async function mustRun(program: string, args: string[], cwd?: string): Promise<Finished> {
  const ran = await finished(spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] }));
  if (ran.code !== 0) throw new Error(`${program} ended with ${ran.code}: ${ran.output.slice(-2000)}`);
  return ran;
}
