import { AppError } from '@catalyst/shared/contract/errors';
import type { DoctorCheck } from '@catalyst/shared/features/doctor-link';
import { checkOf, installCommand } from './check.ts';
import type { Machine } from './machine.ts';

/** containerd as the agent meets it. */
export interface ContainerdReads {
  /** Rejects with a sentence when it does not answer, or is none that we know. */
  version(): Promise<string>;
  /** Why the snapshotter does not work; null when it does. */
  snapshotterFault(): Promise<string | null>;
  /** What is known to be wrong with the walls that runc makes; null when nothing is. */
  runcRisk(): Promise<string | null>;
}

const title = 'containerd';

/** `containerd` is null on machines without it: then only what runs as processes runs. */
export async function containerdChecks(
  machine: Machine,
  containerd: ContainerdReads | null,
): Promise<DoctorCheck[]> {
  const check = checkOf('containerd', title);
  if (machine.platform !== 'linux') {
    return [check.warning('Containers need Linux. Games run as processes here.')];
  }
  if (!containerd) {
    return [
      check.warning(
        'There is no containerd here: games run as processes, which share the network and see the programs of this machine.',
        'Install containerd, then start the agent again.',
        installCommand('containerd', 'runc', 'nftables', 'iproute2'),
      ),
    ];
  }
  const answer = await answerOf(check, containerd);
  return answer.status === 'ok'
    ? [answer, await runc(machine, containerd), await snapshotter(containerd)]
    : [answer, await runc(machine, containerd)];
}

async function answerOf(
  check: ReturnType<typeof checkOf>,
  containerd: ContainerdReads,
): Promise<DoctorCheck> {
  try {
    return check.ok(`containerd ${await containerd.version()} answers.`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { reason } = error as AppError & { reason?: string };
    switch (reason) {
      case 'permission_denied':
        return check.problem(error.message, 'Let the agent run as root, as its service does.');
      case 'unsupported_version':
        return check.problem(
          error.message,
          'Install the version of your distribution.',
          installCommand('containerd'),
        );
      default:
        return check.problem(
          error.message,
          'Start containerd, and look into its log when it does not stay up.',
          'systemctl enable --now containerd; systemctl status containerd --no-pager',
        );
    }
  }
}

async function runc(machine: Machine, containerd: ContainerdReads): Promise<DoctorCheck> {
  const check = checkOf('runc', 'runc');
  if (!machine.hasProgram('runc')) {
    return check.problem(
      'The program runc is missing, so no container can start.',
      'Install it.',
      installCommand('runc'),
    );
  }
  const output = await machine.run('runc', ['--version']).catch(() => null);
  if (output === null) {
    return check.problem(
      'The program runc is there but does not work.',
      'Install it again.',
      installCommand('--reinstall', 'runc'),
    );
  }
  const risk = await containerd.runcRisk();
  if (risk !== null) {
    return check.warning(
      risk,
      'Install the newest runc that your distribution has, or one of 1.2.8, 1.3.3 or newer.',
      installCommand('runc'),
    );
  }
  return check.ok(`${output.split('\n', 1)[0]?.trim() || 'runc'} is there.`);
}

async function snapshotter(containerd: ContainerdReads): Promise<DoctorCheck> {
  const check = checkOf('snapshotter', 'Snapshotter');
  const fault = await containerd.snapshotterFault();
  if (fault === null) return check.ok('overlayfs works: containers share the files of their images.');
  return check.problem(
    `The snapshotter overlayfs does not work: ${fault}`,
    "Load the kernel's module overlay, or move containerd's folder to a file system that allows it (ext4, or XFS with ftype=1), then restart containerd.",
    'modprobe overlay && systemctl restart containerd',
  );
}
