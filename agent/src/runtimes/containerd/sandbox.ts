/** Where a game finds its files: its home, and the only thing it can change that stays. */
export const gameFolder = '/home/container';
/** Where an installation finds the same files. */
export const installFolder = '/mnt/server';

/** What the kernel tells about the machine and the server has no business with. */
export const maskedPaths: readonly string[] = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];

export const readonlyPaths: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];

/** What an installation may do as the administrator of its own user namespace; a game may do nothing of the kind. */
export const installCapabilities: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_SETGID',
  'CAP_SETUID',
];

/** The kernel takes games before anything else when the machine runs out of memory. */
export const gameOomScore = 500;
const openFiles = 65_536;

/** No core dumps, and as many files as containerd itself may open at most: it cannot give more than it has. */
export function resourceLimits(openFilesOfContainerd: number) {
  return [limit('RLIMIT_NOFILE', Math.min(openFiles, openFilesOfContainerd)), limit('RLIMIT_CORE', 0)];
}

/** Where no control group bounds them, a server's processes are counted by its user. */
export function processLimit(processes: number) {
  return limit('RLIMIT_NPROC', processes);
}

function limit(type: string, value: number) {
  return { type, hard: value, soft: value };
}

/** Users other than 0 inside an installation: nobody's on this machine, the same for all installations. */
const otherUsersStart = 1_000_000_000;
const otherUsersCount = 65_535;

export interface UserMapping {
  containerID: number;
  hostID: number;
  size: number;
}

/** The administrator of an installation is, outside, the server's own user: what it makes belongs to the server. */
export function installUsers(uid: number): UserMapping[] {
  return [
    { containerID: 0, hostID: uid, size: 1 },
    { containerID: 1, hostID: otherUsersStart + 1, size: otherUsersCount },
  ];
}

/** Whose a file of an image is outside; what an image gives to users beyond the range goes to the last one of it. */
export function mappedUser(idInImage: number, uid: number): number {
  return idInImage === 0 ? uid : otherUsersStart + Math.min(idInImage, otherUsersCount);
}
