import type { DoctorCheck } from '@catalyst/shared/features/doctor-link';
import { checkOf } from './check.ts';
import type { Machine } from './machine.ts';

const gibibyte = 1024 ** 3;
const containerdFolder = '/var/lib/containerd';

interface StorageSubject {
  dataDir: string;
  /** Why servers cannot reach their folders; null when they can. */
  unreachable: string | null;
}

/** Where servers and images lie. */
export async function storageChecks(
  machine: Machine,
  { dataDir, unreachable }: StorageSubject,
): Promise<DoctorCheck[]> {
  const folders = [dataDir, ...(machine.exists(containerdFolder) ? [containerdFolder] : [])];
  const spaces = await Promise.all(folders.map((folder, index) => space(machine, folder, index)));
  return [reachable(dataDir, unreachable), ...spaces.flat(), ...(await projectQuota(machine, dataDir))];
}

function reachable(dataDir: string, unreachable: string | null): DoctorCheck {
  const check = checkOf('data-folder', 'Data folder');
  if (unreachable === null) return check.ok(`Servers can reach their folders in ${dataDir}.`);
  return check.problem(unreachable, 'Open it, or choose another place, and start the agent again.');
}

async function space(machine: Machine, folder: string, index: number): Promise<DoctorCheck[]> {
  const suffix = index === 0 ? '' : '-images';
  const check = checkOf(`disk-space${suffix}`, index === 0 ? 'Disk' : 'Disk of images');
  const found = await machine.fileSystem(folder);
  if (!found || found.totalBytes === 0) return [check.warning(`The free space of ${folder} cannot be read.`)];
  const { freeBytes, totalBytes, freeFiles, totalFiles } = found;
  const share = freeBytes / totalBytes;
  const text = `${formatGibibytes(freeBytes)} of ${formatGibibytes(totalBytes)} are free in ${folder}`;
  const advice = 'Delete old backups and unused images, or enlarge the disk.';
  const command = `du -xh --max-depth=2 ${folder} | sort -h | tail -20`;
  const checks = [
    freeBytes < gibibyte || share < 0.03
      ? check.problem(`Only ${text}. Servers will soon fail to save.`, advice, command)
      : freeBytes < 5 * gibibyte || share < 0.1
        ? check.warning(`Only ${text}.`, advice, command)
        : check.ok(`${text}.`),
  ];
  if (totalFiles > 0 && freeFiles / totalFiles < 0.05) {
    checks.push(
      checkOf(`inodes${suffix}`, 'Number of files').problem(
        `The file system of ${folder} can hold only ${freeFiles} more files, though it has free space.`,
        'Delete folders with very many small files.',
        `du --inodes -x --max-depth=2 ${folder} | sort -n | tail -20`,
      ),
    );
  }
  return checks;
}

async function projectQuota(machine: Machine, dataDir: string): Promise<DoctorCheck[]> {
  if (machine.platform !== 'linux') return [];
  const check = checkOf('project-quota', 'Disk limits');
  const mount = mountOf((await machine.readText('/proc/self/mounts')) ?? '', dataDir);
  if (!mount) return [];
  if (/(^|,)(prjquota|pquota)(,|$)/.test(mount.options)) {
    return [check.ok(`The file system of ${dataDir} counts per project, so disk limits can be exact.`)];
  }
  return [
    check.warning(
      `The file system of ${dataDir} (${mount.type}) does not count per project, so the kernel lets a game write past its disk limit until the agent notices.`,
      'Where that matters, put the data folder on XFS, or on ext4 with the feature project, mounted with the option prjquota.',
    ),
  ];
}

/** The mount that a path is on: the longest that leads to it, and of equal ones the last. */
export function mountOf(mounts: string, path: string): { type: string; options: string } | null {
  let best: { target: string; type: string; options: string } | null = null;
  for (const line of mounts.split('\n')) {
    const [, escaped = '', type = '', options = ''] = line.split(' ');
    const target = escaped.replace(/\\([0-7]{3})/g, (_, octal) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const leadsThere = target === '/' || path === target || path.startsWith(`${target}/`);
    if (target !== '' && leadsThere && target.length >= (best?.target.length ?? 0))
      best = { target, type, options };
  }
  return best;
}

const formatGibibytes = (bytes: number) =>
  bytes < 10 * gibibyte ? `${(bytes / gibibyte).toFixed(1)} GiB` : `${Math.round(bytes / gibibyte)} GiB`;
