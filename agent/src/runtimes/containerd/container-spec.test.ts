import { Limits } from '@catalyst/shared/features/server-spec';
import { describe, expect, test } from 'vitest';
import { noEnforcement } from '../cgroups/cgroup.ts';
import { RunFolder } from '../run-folder.ts';
import type { Launch } from '../runtime.ts';
import { type ContainerPlan, containerSpec } from './container-spec.ts';
import { seccompProfile } from './seccomp.ts';
import { systemFiles } from './system-files.ts';

const launch: Launch & { uid: number } = {
  serverId: 'server',
  startId: 'start',
  argv: ['java', '-jar', 'server.jar'],
  environment: {},
  directory: '/data/server',
  uid: 700_001,
  limits: Limits.parse({
    memoryMb: 1024,
    swapMb: 100,
    cpuCores: 1.5,
    diskMb: 1,
    pids: 40,
    cpuPinning: '0-1',
  }),
  image: 'image',
  registries: [],
  network: { mode: 'bridge' },
  ports: [],
  terminal: false,
  purpose: 'game',
};
const all = { memory: true, swap: true, cpu: true, pids: true, cpuPinning: true, ioWeight: true };

function spec(launchChanges: Partial<Launch> = {}, changes: Partial<ContainerPlan> = {}) {
  return containerSpec({
    launch: { ...launch, ...launchChanges, uid: launch.uid },
    imageEnvironment: [],
    cgroupsPath: '/catalyst-x/server.start',
    enforces: all,
    networkNamespace: '/run/netns/x',
    files: systemFiles(new RunFolder('/run', 'server', 'start')),
    hostname: 'server',
    openFilesOfContainerd: 1_000_000,
    architecture: 'x64',
    hasCgroupNamespaces: true,
    ...changes,
  });
}
const namespaces = (made: ReturnType<typeof spec>) => made.linux.namespaces.map(({ type }) => type);
const environment = (made: ReturnType<typeof spec>) =>
  Object.fromEntries(made.process.env.map((entry) => entry.split(/=(.*)/s).slice(0, 2) as [string, string]));

describe('the specification of a container', () => {
  test('has walls that no launch and no image changes', () => {
    const odd = spec({
      environment: { LD_PRELOAD: '/tmp/x.so', PATH: '/tmp' },
      argv: ['--privileged', '/bin/sh'],
      terminal: true,
    });
    for (const made of [spec(), odd]) {
      expect(made.root).toEqual({ path: 'rootfs', readonly: true });
      expect(made.process.user).toEqual({ uid: 700_001, gid: 700_001, umask: 0o027 });
      expect(made.process.noNewPrivileges).toBe(true);
      expect(Object.values(made.process.capabilities).flat()).toEqual([]);
      expect(namespaces(made)).toEqual(['pid', 'ipc', 'uts', 'mount', 'cgroup', 'network']);
      expect(made.linux.resources.devices).toEqual([{ allow: false, access: 'rwm' }]);
      expect(made.linux.seccomp).toEqual(seccompProfile('x64'));
      expect(made.linux.maskedPaths).toContain('/proc/kcore');
      expect(made.linux.readonlyPaths).toContain('/proc/sys');
    }
  });

  test('gives a server the machine’s network only when there is none of its own', () => {
    expect(namespaces(spec({}, { networkNamespace: null }))).not.toContain('network');
    expect(spec().linux.namespaces).toContainEqual({ type: 'network', path: '/run/netns/x' });
    expect(spec().linux).toHaveProperty('sysctl');
    expect(spec({}, { networkNamespace: null }).linux).not.toHaveProperty('sysctl');
  });

  test('mounts the folder where a game is at home, and nothing of the host but what belongs to this start', () => {
    const made = spec();
    const home = made.mounts.find(({ destination }) => destination === '/home/container');
    expect(home).toMatchObject({ source: '/data/server', type: 'bind' });
    expect(home?.options).toEqual(expect.arrayContaining(['nosuid', 'nodev', 'rprivate']));
    expect(made.process.cwd).toBe('/home/container');
    const fromHost = made.mounts.filter(({ type }) => type === 'bind').map(({ source }) => source);
    expect(fromHost).toEqual([
      ...['hosts', 'hostname', 'resolv.conf', 'passwd', 'group', 'machine-id'].map(
        (name) => `/run/server/start/${name}`,
      ),
      '/data/server',
    ]);
  });

  test('merges what the image and the launch say', () => {
    const made = spec(
      { environment: { JAVA_HOME: '/mine', EQUATION: 'a=b=c' } },
      { imageEnvironment: ['PATH=/opt/java/bin:/bin', 'JAVA_HOME=/opt/java', 'HOME=/root', 'odd', '=odd'] },
    );
    expect(environment(made)).toEqual({
      PATH: '/opt/java/bin:/bin',
      HOME: '/home/container',
      JAVA_HOME: '/mine',
      EQUATION: 'a=b=c',
    });
    expect(environment(spec({ terminal: true })).TERM).toBe('xterm-256color');
    expect(environment(spec()).PATH).toContain('/usr/bin');
  });

  test('bounds memory, swap, CPU and processes', () => {
    expect(spec().linux.resources).toEqual({
      devices: [{ allow: false, access: 'rwm' }],
      memory: { limit: 2 ** 30, swap: 2 ** 30 + 100 * 2 ** 20 },
      cpu: { shares: 1536, quota: 150_000, period: 100_000, cpus: '0-1' },
      pids: { limit: 40 },
    });
    expect(spec().linux.cgroupsPath).toBe('/catalyst-x/server.start');
  });

  test('asks for no limit that the kernel lacks, and bounds processes in any case', () => {
    const made = spec({}, { enforces: noEnforcement });
    expect(made.linux.resources).toEqual({ devices: [{ allow: false, access: 'rwm' }] });
    expect(made.process.rlimits).toContainEqual({ type: 'RLIMIT_NPROC', hard: 40, soft: 40 });
    expect(spec().process.rlimits.map(({ type }) => type)).toEqual(['RLIMIT_NOFILE', 'RLIMIT_CORE']);
  });

  test('does not give more open files than containerd has', () => {
    expect(spec().process.rlimits).toContainEqual({ type: 'RLIMIT_NOFILE', hard: 65_536, soft: 65_536 });
    const poor = spec({}, { openFilesOfContainerd: 1024 });
    expect(poor.process.rlimits).toContainEqual({ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 });
  });

  test('makes an installation the administrator of a user namespace of its own', () => {
    const made = spec({ purpose: 'install' });
    expect(made.root.readonly).toBe(false);
    expect(made.process.user).toMatchObject({ uid: 0, gid: 0 });
    expect(namespaces(made)).toContain('user');
    const mappings = [
      { containerID: 0, hostID: 700_001, size: 1 },
      { containerID: 1, hostID: 1_000_000_001, size: 65_535 },
    ];
    expect(made.linux).toMatchObject({ uidMappings: mappings, gidMappings: mappings });
    expect(made.process.capabilities.bounding).toEqual([
      'CAP_CHOWN',
      'CAP_DAC_OVERRIDE',
      'CAP_FOWNER',
      'CAP_SETGID',
      'CAP_SETUID',
    ]);
    expect(made.process.capabilities).toMatchObject({ inheritable: [], ambient: [] });
    expect(made.process.noNewPrivileges).toBe(true);
    expect(made.linux.seccomp).toEqual(seccompProfile('x64'));
    expect(made.process.cwd).toBe('/mnt/server');
    expect(made.mounts.find(({ destination }) => destination === '/mnt/server')?.source).toBe('/data/server');
  });
});

describe('the profile of system calls', () => {
  const allowed = (name: string) =>
    seccompProfile('x64').syscalls.filter(
      ({ names, action }) => names.includes(name) && action === 'SCMP_ACT_ALLOW',
    );

  test('refuses what is not in it', () => {
    expect(seccompProfile('x64')).toMatchObject({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 1 });
  });

  test.each([
    ...['mount', 'umount2', 'move_mount', 'open_tree', 'fsopen', 'pivot_root', 'chroot', 'unshare', 'setns'],
    ...[
      'bpf',
      'perf_event_open',
      'userfaultfd',
      'keyctl',
      'add_key',
      'request_key',
      'init_module',
      'kexec_load',
    ],
    ...['finit_module', 'reboot', 'swapon', 'acct', 'syslog', 'io_uring_setup', 'open_by_handle_at', 'iopl'],
    ...[
      'name_to_handle_at',
      'process_vm_readv',
      'process_vm_writev',
      'kcmp',
      'settimeofday',
      'clock_settime',
    ],
    ...['clone3', 'fanotify_init', 'quotactl', 'lookup_dcookie', 'sethostname', 'vhangup', 'pidfd_getfd'],
  ])('never allows %s', (name) => {
    expect(allowed(name)).toEqual([]);
  });

  test.each(['read', 'openat', 'execve', 'futex', 'epoll_wait', 'statx', 'rseq', 'getrandom'])(
    'allows %s',
    (name) => {
      expect(allowed(name)).toHaveLength(1);
      expect(allowed(name)[0]).not.toHaveProperty('args');
    },
  );

  test('allows new threads and processes, but no new namespaces', () => {
    const [clone] = allowed('clone');
    const mask = clone?.args?.[0]?.value ?? 0;
    expect(clone?.args?.[0]).toMatchObject({ op: 'SCMP_CMP_MASKED_EQ', valueTwo: 0 });
    for (const flag of [
      0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000,
    ]) {
      expect(mask & flag, flag.toString(16)).toBe(flag);
    }
    const threads = 0x100 | 0x200 | 0x400 | 0x800 | 0x1_0000 | 0x4_0000;
    expect(mask & threads).toBe(0);
  });

  test('sends programs from clone3 to clone', () => {
    const rule = seccompProfile('arm64').syscalls.find(({ names }) => names.includes('clone3'));
    expect(rule).toEqual({ names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 });
  });

  test('knows the calls of each architecture, 32-bit programs included', () => {
    expect(seccompProfile('x64').architectures).toContain('SCMP_ARCH_X86');
    expect(seccompProfile('arm64').architectures).toEqual(['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM']);
    expect(allowed('arch_prctl')).toHaveLength(1);
  });

  test('names nothing twice', () => {
    const names = seccompProfile('x64').syscalls[0]?.names ?? [];
    expect(new Set(names).size).toBe(names.length);
  });
});
