import type { DoctorCheck } from '@catalyst/shared/features/doctor-link';
import type { NodeImage, NodeImagePull } from '@catalyst/shared/features/images';
import type { Registry } from '@catalyst/shared/features/registries';
import { id, nodes, servers } from './example-data.ts';

const hour = 3_600_000;
const day = 24 * hour;
const ago = (ms: number) => new Date(Date.now() - ms);
const mebibyte = 1024 ** 2;

/** Of the node that has containers. */
const nodeId = nodes[1]?.id as string;
const used = (...names: string[]) =>
  servers.filter(({ name }) => names.includes(name)).map((server) => ({ id: server.id, name: server.name }));

function image(reference: string, changes: Partial<NodeImage>): NodeImage {
  return {
    reference,
    digest: `sha256:${'4f2b'.repeat(16)}`,
    packedBytes: 180 * mebibyte,
    unpackedBytes: 512 * mebibyte,
    pulledAt: ago(12 * day),
    lastUsedAt: ago(3 * hour),
    isComplete: true,
    isImported: false,
    serverCount: changes.usedBy?.length ?? 0,
    usedBy: [],
    ...changes,
  };
}

export const images: NodeImage[] = [
  image('docker.io/library/debian:bookworm-slim', {
    packedBytes: 28 * mebibyte,
    unpackedBytes: 77 * mebibyte,
    lastUsedAt: ago(19 * day),
  }),
  image('ghcr.io/games/java:21', {
    usedBy: used('Transport club', 'Lobby', 'Night shift', 'Overdue account', 'Survival'),
    serverCount: 7,
  }),
  image('ghcr.io/games/luanti:5.11', { usedBy: used('Lobby'), isComplete: false, lastUsedAt: ago(2 * day) }),
  image(
    'registry.example.org:5000/studio/voxel-school-season-three/server@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    {
      unpackedBytes: 2300 * mebibyte,
      packedBytes: 940 * mebibyte,
      isImported: true,
      lastUsedAt: ago(40 * day),
    },
  ),
];

export const pulls: NodeImagePull[] = [
  {
    nodeId,
    id: id(750),
    kind: 'pull',
    reference: 'ghcr.io/games/steam:latest',
    status: 'running',
    text: 'Downloading ghcr.io/games/steam:latest',
    doneBytes: 312 * mebibyte,
    totalBytes: 741 * mebibyte,
    error: null,
  },
  {
    nodeId,
    id: id(751),
    kind: 'import',
    reference: null,
    status: 'running',
    text: 'Reading the archive',
    doneBytes: 96 * mebibyte,
    totalBytes: null,
    error: null,
  },
  {
    nodeId,
    id: id(752),
    kind: 'pull',
    reference: '192.168.20.5:5000/studio/private:3',
    status: 'failed',
    text: 'Asking for 192.168.20.5:5000/studio/private:3',
    doneBytes: 0,
    totalBytes: null,
    error: {
      code: 'invalid_input',
      message:
        '192.168.20.5:5000 is not on the public internet. Add the registry 192.168.20.5:5000 under Settings → Registries, or its network to CATALYST_REGISTRY_NETWORKS on this node.',
    },
  },
];

const fine = (checkId: string, title: string, text: string): DoctorCheck => ({
  id: checkId,
  title,
  status: 'ok',
  text,
  fix: null,
  command: null,
});

export const fineChecks: DoctorCheck[] = [
  fine('containerd', 'containerd', 'containerd 1.6.20 answers.'),
  fine('runc', 'runc', 'runc version 1.1.5 is there.'),
  fine('snapshotter', 'Snapshotter', 'overlayfs works: containers share the files of their images.'),
  fine(
    'limits',
    'Limits',
    'Control groups version 2. These limits hold: memory, swap, CPU time, number of processes, cores.',
  ),
  fine('seccomp', 'System call filter', 'The kernel can filter system calls (seccomp).'),
  fine('disk-space', 'Disk', '512 GiB of 931 GiB are free in /var/lib/catalyst.'),
];

export const checks: DoctorCheck[] = [
  ...fineChecks,
  {
    id: 'io-weight',
    title: 'Share of the disk',
    status: 'warning',
    text: 'This kernel does not weigh disk access, so servers have equal shares of the disks whatever is set.',
    fix: 'Nothing needs to be done unless one server slows the others down by its disk access; then use a kernel with BFQ or io.cost.',
    command: null,
  },
  {
    id: 'forwarding-rules',
    title: "Others' firewall rules",
    status: 'problem',
    text: 'Docker stops the traffic of servers in private networks.',
    fix: 'Let the traffic of servers through, and keep that over restarts.',
    command: 'iptables -I DOCKER-USER -i ctabc-+ -j ACCEPT && iptables -I DOCKER-USER -o ctabc-+ -j ACCEPT',
  },
  {
    id: 'port-range',
    title: 'Ports',
    status: 'warning',
    text: 'This machine takes ports from 1024 to 65535 for outgoing connections, so the port of a stopped server may be in use when it starts.',
    fix: 'Leave the lower ports to servers.',
    command:
      'echo "net.ipv4.ip_local_port_range=32768 60999" > /etc/sysctl.d/90-catalyst-ports.conf && sysctl --system',
  },
];

export const registries: Registry[] = [
  {
    id: id(760),
    host: 'ghcr.io',
    plainHttp: false,
    username: 'games-robot',
    createdAt: ago(60 * day),
    updatedAt: ago(9 * day),
  },
  {
    id: id(761),
    host: 'registry.example.org:5000',
    plainHttp: false,
    username: 'a-rather-long-user-name@studio.example.org',
    createdAt: ago(3 * day),
    updatedAt: ago(3 * day),
  },
  {
    id: id(762),
    host: '192.168.20.5:5000',
    plainHttp: true,
    username: null,
    createdAt: ago(day),
    updatedAt: ago(day),
  },
];
