import type { DoctorCheck } from '@catalyst/shared/features/doctor-link';
import type { Enforcement } from '../../runtimes/cgroups/cgroup.ts';
import type { CgroupsOrReason } from '../../runtimes/cgroups/open-cgroups.ts';
import { checkOf } from './check.ts';
import type { Machine } from './machine.ts';

const limitNames: Record<keyof Enforcement, string> = {
  memory: 'memory',
  swap: 'swap',
  cpu: 'CPU time',
  pids: 'number of processes',
  cpuPinning: 'cores',
  ioWeight: 'share of the disk',
};
/** Without these, one game can take the machine from all others. */
const vital: (keyof Enforcement)[] = ['memory', 'cpu', 'pids'];

/** What the kernel offers for keeping servers within their limits and apart. */
export async function kernelChecks(machine: Machine, cgroups: CgroupsOrReason): Promise<DoctorCheck[]> {
  if (machine.platform !== 'linux') return [];
  return [
    limitsCheck(cgroups),
    ...(cgroups.tree ? lesserLimits(cgroups.tree.enforces) : []),
    await seccomp(machine),
    await userNamespaces(machine),
  ];
}

function limitsCheck(cgroups: CgroupsOrReason): DoctorCheck {
  const check = checkOf('limits', 'Limits');
  if (!cgroups.tree) {
    return check.problem(
      `No limit of servers holds, because ${cgroups.reason}.`,
      'Let the agent run as root, or as a service with Delegate=yes.',
    );
  }
  const { enforces, version } = cgroups.tree;
  const mode = `Control groups version ${version}`;
  const missing = vital.filter((limit) => !enforces[limit]);
  if (missing.length === 0) {
    const held = Object.entries(limitNames).filter(([limit]) => enforces[limit as keyof Enforcement]);
    return check.ok(`${mode}. These limits hold: ${held.map(([, name]) => name).join(', ')}.`);
  }
  return check.problem(
    `${mode}. These limits do not hold: ${missing.map((limit) => limitNames[limit]).join(', ')}.`,
    'Turn the controllers on at boot, then start the machine again.',
    missing.includes('memory')
      ? `sed -i 's/^GRUB_CMDLINE_LINUX="/&cgroup_enable=memory swapaccount=1 /' /etc/default/grub && update-grub`
      : null,
  );
}

function lesserLimits({ swap, cpuPinning, ioWeight }: Enforcement): DoctorCheck[] {
  const checks: DoctorCheck[] = [];
  if (!swap) {
    checks.push(
      checkOf('swap', 'Limit of swap').warning(
        'The kernel does not count swap, so a server that reaches its memory limit can go on in swap and slow the others down.',
        'Turn the accounting on at boot (swapaccount=1), or use no swap.',
        'swapoff -a',
      ),
    );
  }
  if (!cpuPinning) {
    checks.push(
      checkOf('cpu-pinning', 'Cores').warning(
        'Servers cannot be tied to cores here: the controller cpuset is missing. Their CPU limits hold all the same.',
      ),
    );
  }
  if (!ioWeight) {
    checks.push(
      checkOf('io-weight', 'Share of the disk').warning(
        'This kernel does not weigh disk access, so servers have equal shares of the disks whatever is set.',
        'Nothing needs to be done unless one server slows the others down by its disk access; then use a kernel with BFQ or io.cost.',
      ),
    );
  }
  return checks;
}

async function seccomp(machine: Machine): Promise<DoctorCheck> {
  const check = checkOf('seccomp', 'System call filter');
  const status = await machine.readText('/proc/self/status');
  if (status && /^Seccomp:/m.test(status)) return check.ok('The kernel can filter system calls (seccomp).');
  return check.problem(
    'This kernel cannot filter system calls (seccomp), which containers of servers need.',
    "Use your distribution's own kernel.",
  );
}

async function userNamespaces(machine: Machine): Promise<DoctorCheck> {
  const check = checkOf('user-namespaces', 'User namespaces');
  const text = await machine.readText('/proc/sys/user/max_user_namespaces');
  if (text === null || !machine.exists('/proc/self/ns/user')) {
    return check.problem(
      'This kernel has no user namespaces, which installations in containers need.',
      "Use your distribution's own kernel.",
    );
  }
  const count = Number(text.trim());
  if (count > 0) return check.ok('Installations can have an administrator of their own (user namespaces).');
  return check.problem(
    'User namespaces are turned off, so nothing can be installed in containers.',
    'Allow some.',
    'echo user.max_user_namespaces=15000 > /etc/sysctl.d/90-catalyst.conf && sysctl --system',
  );
}
