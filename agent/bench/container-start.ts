/**
 * From the request to the first byte of output, with the image already there: ours beside containerd's command line, bare
 * runc, and Docker's API as game panels use it. Takes turns, all of it in one run: only ratios mean anything. Run as root;
 * the machine's own network is not touched.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busyboxImage } from '../../e2e/services/busybox-image.ts';
import { type Dockerd, startDockerd } from '../../e2e/services/dockerd.ts';
import { toDockerArchive } from '../../e2e/services/image-transport.ts';
import { enterPrivateNetwork } from '../../e2e/services/private-network.ts';
import { ContainerdBench } from '../src/runtimes/containerd/testing/containerd-bench.ts';
import { ctrRun, runcRun } from './container-start/by-command.ts';
import { dockerStarts } from './container-start/by-docker.ts';
import type { Contestant, Round } from './container-start/contestant.ts';
import { ourStarts } from './container-start/ours.ts';

enterPrivateNetwork(import.meta.url);
const rounds = Number(process.argv[2] ?? 40);
const folder = mkdtempSync(join(tmpdir(), 'catalyst-bench-'));
chmodSync(folder, 0o711);
const bench = await ContainerdBench.open('bench');
const image = busyboxImage();
if (!bench || !image) process.exit(1);
const results = new Map<string, Round[]>();
const contestants: Contestant[] = [];
let docker: Dockerd | undefined;
try {
  docker = await startDockerd(bench.containerd, join(folder, 'docker'));
  mkdirSync(join(folder, 'runc'));
  contestants.push(
    ...(await ourStarts(bench, folder)),
    ctrRun(bench, 'ctr run'),
    ctrRun(bench, 'ctr run --seccomp', '--seccomp'),
    runcRun(join(folder, 'runc')),
  );
  if (docker) {
    await docker.loadImage(toDockerArchive(image, 'bench:latest'));
    contestants.push(...dockerStarts(docker, 'bench:latest'));
  }
  for (const { name } of contestants) results.set(name, []);
  // The first of each fills caches.
  for (const contestant of contestants) await contestant.round();
  for (let turn = 0; turn < rounds; turn++) {
    // Each follows each other one in turn: who comes after a slow one finds a busier machine.
    for (let place = 0; place < contestants.length; place++) {
      const contestant = contestants[(place + turn) % contestants.length] as Contestant;
      results.get(contestant.name)?.push(await contestant.round());
    }
  }
  report();
} finally {
  for (const contestant of contestants) await contestant.close?.();
  await docker?.stop();
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
}

function report(): void {
  const phases = ['create', 'start', 'firstByte', 'stop', 'delete', 'all'] as const;
  console.log(
    `containerd ${bench?.containerd.version}, Docker ${docker?.version ?? 'none'}; ${rounds} rounds, ms, p50 [p10-p90]`,
  );
  console.log(['', ...phases].map((text, index) => text.padEnd(index === 0 ? 40 : 20)).join(''));
  for (const [name, all] of results) {
    const cells = phases.map((phase) => {
      const samples = all.flatMap((round) => round[phase] ?? []);
      if (samples.length === 0) return ''.padEnd(20);
      const [p10, p50, p90] = [0.1, 0.5, 0.9].map((part) => quantile(samples, part));
      return `${p50?.toFixed(1)} [${p10?.toFixed(0)}-${p90?.toFixed(0)}]`.padEnd(20);
    });
    console.log(name.padEnd(40) + cells.join(''));
  }
  ratio('ours, host network', 'ctr run', 1.1);
  ratio('ours, host network', 'ctr run --seccomp', null);
  ratio('ours, bridge + 2 ports, new server', 'Docker API, bridge + 2 ports', 0.6);
  ratio('ours, bridge + 2 ports, started again', 'Docker API, bridge + 2 ports', 0.6);
}

function ratio(name: string, other: string, target: number | null): void {
  const [one, two] = [name, other].map((each) =>
    quantile(
      (results.get(each) ?? []).map(({ firstByte }) => firstByte),
      0.5,
    ),
  );
  if (one === undefined || two === undefined) return;
  const goal = target === null ? '' : ` (target: at most ${target})`;
  console.log(`first byte, ${name} / ${other}: ${(one / two).toFixed(2)}${goal}`);
  if (target !== null && one / two > target) process.exitCode = 1;
}

function quantile(samples: readonly number[], part: number): number | undefined {
  return samples.toSorted((a, b) => a - b)[Math.floor((samples.length - 1) * part)];
}
