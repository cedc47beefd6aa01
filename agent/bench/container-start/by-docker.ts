import { once } from 'node:events';
import type { Dockerd } from '../../../e2e/services/dockerd.ts';
import { type Contestant, greeting, type Round, stopwatch } from './contestant.ts';

const limits = {
  Memory: 256 * 2 ** 20,
  MemorySwap: 256 * 2 ** 20,
  CpuPeriod: 100_000,
  CpuQuota: 200_000,
  PidsLimit: 512,
  ReadonlyRootfs: true,
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  Tmpfs: { '/tmp': 'rw,exec,nosuid,size=64M' },
};

/** Docker as game panels use it: a container is made for each start and thrown away after it. */
export function dockerStarts(docker: Dockerd, image: string): Contestant[] {
  return [
    { name: 'Docker API, no network', round: () => round(docker, image, { NetworkMode: 'none' }) },
    {
      name: 'Docker API, bridge + 2 ports',
      round: () =>
        round(docker, image, {
          NetworkMode: 'bridge',
          PortBindings: { '25572/tcp': [{ HostPort: '25572' }], '25573/udp': [{ HostPort: '25573' }] },
        }),
    },
  ];
}

async function round(docker: Dockerd, image: string, network: Record<string, unknown>): Promise<Round> {
  const creating = stopwatch();
  const { Id } = (await docker.call('POST', '/containers/create', {
    Image: image,
    Cmd: greeting,
    User: '15000000:15000000',
    Tty: true,
    OpenStdin: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    ExposedPorts: { '25572/tcp': {}, '25573/udp': {} },
    HostConfig: { ...limits, ...network },
  })) as { Id: string };
  const create = creating();
  const output = await docker.attach(Id);
  const heard = once(output, 'data');
  const starting = stopwatch();
  const started = docker.call('POST', `/containers/${Id}/start`).then(starting);
  await heard;
  const firstByte = creating();
  const start = await started;
  const ended = docker.call('POST', `/containers/${Id}/wait`);
  const stopping = stopwatch();
  output.write('\n');
  await ended;
  const stop = stopping();
  output.destroy();
  const deleting = stopwatch();
  await docker.call('DELETE', `/containers/${Id}`);
  const removed = deleting();
  return { create, start, firstByte, stop, delete: removed, all: firstByte + stop + removed };
}
