import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../../e2e/services/find-program.ts';
import { type ContainerdBench, suiteImage } from '../../src/runtimes/containerd/testing/containerd-bench.ts';
import { type Contestant, greeting, type Round, stopwatch } from './contestant.ts';

/** containerd's own command line, by which nothing is prepared either. */
export function ctrRun(bench: ContainerdBench, name: string, ...options: string[]): Contestant {
  const { socketPath } = bench.containerd;
  let runs = 0;
  return {
    name,
    round: () =>
      byCommand('ctr', [
        ...['--address', socketPath, '--namespace', bench.prefix, 'run', '--rm', ...options],
        ...[suiteImage, `${name.replaceAll(/\W+/g, '-')}-${++runs}`, ...greeting],
      ]),
  };
}

/** The floor: no image, no snapshot, no daemon, and its usual few rights. */
export function runcRun(folder: string): Contestant {
  const root = join(folder, 'rootfs');
  for (const name of ['bin', 'dev', 'proc', 'sys', 'tmp']) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(findProgram('busybox') as string, join(root, 'bin', 'busybox'));
  symlinkSync('busybox', join(root, 'bin', 'sh'));
  execFileSync('runc', ['spec'], { cwd: folder });
  const spec = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  spec.process = { ...spec.process, terminal: false, args: greeting };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(spec));
  let runs = 0;
  const state = join(folder, 'state');
  return {
    name: 'runc run',
    round: () => byCommand('runc', ['--root', state, 'run', '--bundle', folder, `bench-${++runs}`]),
  };
}

async function byCommand(program: string, args: readonly string[]): Promise<Round> {
  const time = stopwatch();
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), closed]);
  const firstByte = time();
  if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
  child.stdin.end('\n');
  await closed;
  return { firstByte, all: time() };
}
