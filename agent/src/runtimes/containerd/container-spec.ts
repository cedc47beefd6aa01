import { cpuPeriodUs, cpuQuotaUs, cpuShares, type Enforcement } from '../cgroups/cgroup.ts';
import type { Launch } from '../runtime.ts';
import { containerMounts } from './container-mounts.ts';
import {
  gameFolder,
  gameOomScore,
  installCapabilities,
  installFolder,
  installUsers,
  maskedPaths,
  processLimit,
  readonlyPaths,
  resourceLimits,
} from './sandbox.ts';
import { type ProcessorArchitecture, seccompProfile } from './seccomp.ts';
import type { SystemFiles } from './system-files.ts';

/** All that decides what a container may do. */
export interface ContainerPlan {
  /** With the user it runs as: a container never runs as the machine's root. */
  launch: Launch & { uid: number };
  /** Of the image: `NAME=value`. */
  imageEnvironment: readonly string[];
  /** Absolute, of the control group that is this start's own. */
  cgroupsPath: string;
  enforces: Enforcement;
  /** The server's own network; null for the machine's, which an admin has allowed. */
  networkNamespace: string | null;
  files: SystemFiles;
  hostname: string;
  openFilesOfContainerd: number;
  architecture: ProcessorArchitecture;
  hasCgroupNamespaces: boolean;
}

/**
 * The OCI runtime specification of one start. Whatever a template or an image says, it only fills in what runs, its
 * environment and its limits; the walls are the same for all.
 */
export function containerSpec(plan: ContainerPlan) {
  const { launch, networkNamespace } = plan;
  const isInstall = launch.purpose === 'install';
  const mappings = installUsers(launch.uid);
  return {
    ociVersion: '1.0.2',
    process: containerProcess(plan),
    root: { path: 'rootfs', readonly: !isInstall },
    hostname: plan.hostname,
    mounts: containerMounts(launch, plan.files),
    linux: {
      cgroupsPath: plan.cgroupsPath,
      namespaces: [
        { type: 'pid' },
        { type: 'ipc' },
        { type: 'uts' },
        { type: 'mount' },
        ...(plan.hasCgroupNamespaces ? [{ type: 'cgroup' }] : []),
        ...(networkNamespace === null ? [] : [{ type: 'network', path: networkNamespace }]),
        ...(isInstall ? [{ type: 'user' }] : []),
      ],
      ...(isInstall && { uidMappings: mappings, gidMappings: mappings }),
      // Without rights a game may still listen on ports below 1024, which in a network of its own are nobody else's.
      ...(networkNamespace !== null &&
        !isInstall && { sysctl: { 'net.ipv4.ip_unprivileged_port_start': '0' } }),
      resources: resources(plan),
      maskedPaths,
      readonlyPaths,
      seccomp: seccompProfile(plan.architecture),
      rootfsPropagation: 'private',
    },
  };
}

function containerProcess({ launch, imageEnvironment, openFilesOfContainerd, enforces }: ContainerPlan) {
  const isInstall = launch.purpose === 'install';
  const capabilities = isInstall ? installCapabilities : [];
  const user = isInstall ? 0 : launch.uid;
  return {
    terminal: launch.terminal,
    args: launch.argv,
    env: mergedEnvironment(launch, imageEnvironment),
    cwd: isInstall ? installFolder : gameFolder,
    user: { uid: user, gid: user, umask: 0o027 },
    capabilities: {
      bounding: capabilities,
      effective: capabilities,
      permitted: capabilities,
      inheritable: [],
      ambient: [],
    },
    noNewPrivileges: true,
    oomScoreAdj: gameOomScore,
    rlimits: [
      ...resourceLimits(openFilesOfContainerd),
      ...(enforces.pids ? [] : [processLimit(launch.limits.pids)]),
    ],
  };
}

const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The image's own, then the launch's; only what every program needs is added. */
function mergedEnvironment({ environment, purpose, terminal }: Launch, ofImage: readonly string[]): string[] {
  const merged = new Map<string, string>([
    ['PATH', usualPath],
    ...(terminal ? ([['TERM', 'xterm-256color']] as const) : []),
  ]);
  for (const entry of ofImage) {
    const equals = entry.indexOf('=');
    if (equals > 0) merged.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  // The home of the image's own user is none of this one's.
  merged.set('HOME', purpose === 'install' ? '/root' : gameFolder);
  for (const [name, value] of Object.entries(environment)) merged.set(name, value);
  return [...merged].map(([name, value]) => `${name}=${value}`);
}

/** Of the limits, those the kernel can hold. Asked for others, runc starts nothing. */
function resources({ launch: { limits }, enforces }: ContainerPlan) {
  const memoryBytes = limits.memoryMb * 2 ** 20;
  return {
    devices: [{ allow: false, access: 'rwm' }],
    ...(enforces.memory && {
      memory: {
        limit: memoryBytes,
        ...(enforces.swap && { swap: memoryBytes + limits.swapMb * 2 ** 20 }),
      },
    }),
    ...(enforces.cpu && {
      cpu: {
        shares: cpuShares(limits.cpuCores),
        quota: cpuQuotaUs(limits.cpuCores),
        period: cpuPeriodUs,
        ...(enforces.cpuPinning && limits.cpuPinning && { cpus: limits.cpuPinning }),
      },
    }),
    ...(enforces.pids && { pids: { limit: limits.pids } }),
  };
}
