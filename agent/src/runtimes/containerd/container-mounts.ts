import { installScript, type Launch } from '../runtime.ts';
import { gameFolder, installFolder } from './sandbox.ts';
import type { SystemFiles } from './system-files.ts';

export interface SpecMount {
  destination: string;
  type: string;
  source: string;
  options: string[];
}

/** Everything a server sees that is not in its image. */
export function containerMounts(launch: Launch & { uid: number }, files: SystemFiles): SpecMount[] {
  const isInstall = launch.purpose === 'install';
  // Some versions of runc give them the mode of the image's folder, which may let only its owner write.
  const user = isInstall ? 0 : launch.uid;
  const owner = [`uid=${user}`, `gid=${user}`];
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    memoryDisk('/dev', ['strictatime', 'mode=755', 'size=64k'], { mayExecute: true, mayHoldDevices: true }),
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    memoryDisk('/dev/shm', ['mode=1777', `size=${memoryShare(launch)}m`], { mayExecute: false }),
    {
      destination: '/dev/mqueue',
      type: 'mqueue',
      source: 'mqueue',
      options: ['nosuid', 'noexec', 'nodev'],
    },
    ...(isInstall ? [] : kernelFolders),
    // Programs unpack libraries there and load them.
    memoryDisk('/tmp', [...owner, 'mode=1777', `size=${memoryShare(launch)}m`], { mayExecute: true }),
    memoryDisk('/run', [...owner, 'mode=1777', 'size=16m'], { mayExecute: false }),
    readOnlyFile('/etc/hosts', files.hosts),
    readOnlyFile('/etc/hostname', files.hostname),
    readOnlyFile('/etc/resolv.conf', files.resolver),
    ...(isInstall
      ? []
      : [
          readOnlyFile('/etc/passwd', files.users),
          readOnlyFile('/etc/group', files.groups),
          readOnlyFile('/etc/machine-id', files.machineId),
        ]),
    ...(launch.script === undefined ? [] : [readOnlyFile(installScript, files.script)]),
    {
      destination: isInstall ? installFolder : gameFolder,
      type: 'bind',
      source: launch.directory,
      options: ['bind', 'rprivate', 'rw', 'nosuid', 'nodev'],
    },
  ];
}

/** An installation cannot have them: they are those of the machine's user namespace, not of its own. */
const kernelFolders: SpecMount[] = [
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
  // Java and others size themselves by what their control group allows.
  {
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: ['nosuid', 'noexec', 'nodev', 'relatime', 'ro'],
  },
];

/** In megabytes. What is in it counts as the server's memory. */
function memoryShare({ limits }: Launch): number {
  return Math.max(8, Math.floor(limits.memoryMb / 2));
}

function memoryDisk(
  destination: string,
  options: string[],
  { mayExecute, mayHoldDevices = false }: { mayExecute: boolean; mayHoldDevices?: boolean },
): SpecMount {
  const walls = ['nosuid', ...(mayExecute ? [] : ['noexec']), ...(mayHoldDevices ? [] : ['nodev'])];
  return { destination, type: 'tmpfs', source: 'tmpfs', options: [...walls, ...options] };
}

function readOnlyFile(destination: string, source: string): SpecMount {
  return {
    destination,
    type: 'bind',
    source,
    options: ['bind', 'rprivate', 'ro', 'nosuid', 'nodev', 'noexec'],
  };
}
