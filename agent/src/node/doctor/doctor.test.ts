import { DoctorCheck } from '@catalyst/shared/features/doctor-link';
import type { FirewallReport } from '@catalyst/shared/features/firewall-link';
import { describe, expect, it } from 'vitest';
import { NetworkNames } from '../../network/network-names.ts';
import { ProgramFailure } from '../../network/run-program.ts';
import type { Enforcement } from '../../runtimes/cgroups/cgroup.ts';
import { ContainerdUnavailable } from '../../runtimes/containerd/containerd-client.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { ContainerdReads } from './containerd-checks.ts';
import { Doctor, type DoctorOptions } from './doctor.ts';
import type { Machine } from './machine.ts';
import { mountOf } from './storage-checks.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const gibibyte = 1024 ** 3;
const all: Enforcement = {
  memory: true,
  swap: true,
  cpu: true,
  pids: true,
  cpuPinning: true,
  ioWeight: true,
};

interface Changes {
  texts?: Record<string, string | null>;
  missingPaths?: string[];
  missingPrograms?: string[];
  outputs?: Record<string, string | Error>;
  machine?: Partial<Machine>;
  enforces?: Partial<Enforcement> | string;
  containerd?: Partial<ContainerdReads> | null;
  options?: Partial<DoctorOptions>;
  panelTime?: number;
}

const firewall = ({ opens = false, ...report }: Partial<FirewallReport & { opens: boolean }>) => ({
  opens,
  report: async () => ({
    unavailable: null,
    gates: [],
    openPorts: [],
    isForwardingOpen: false,
    notes: [],
    ...report,
  }),
});
const gates = [{ name: 'iptables INPUT', hook: 'input' as const }];

/** A machine on which all is well, but for the changes. */
function examine(changes: Changes = {}): Promise<DoctorCheck[]> {
  const texts: Record<string, string | null> = {
    '/proc/self/status': 'Name:\tnode\nSeccomp:\t0\n',
    '/proc/sys/user/max_user_namespaces': '95000\n',
    '/proc/sys/net/ipv4/ip_forward': '1\n',
    '/proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
    '/proc/self/mounts': '/dev/sda1 / xfs rw,prjquota 0 0\n',
    ...changes.texts,
  };
  const outputs: Record<string, string | Error> = {
    'runc --version': 'runc version 1.1.5\ncommit: x',
    'nft list tables': '',
    'nft -j list chains': '{"nftables":[]}',
    ...changes.outputs,
  };
  const machine: Machine = {
    platform: 'linux',
    isRoot: true,
    now: () => now,
    readText: async (path) => texts[path] ?? null,
    exists: (path) => !changes.missingPaths?.includes(path),
    hasProgram: (name) => !changes.missingPrograms?.includes(name),
    run: async (program, args) => {
      const output = outputs[[program, ...args].join(' ')] ?? new ProgramFailure('unexpected');
      if (typeof output === 'string') return output;
      throw output;
    },
    fileSystem: async () => ({
      freeBytes: 50 * gibibyte,
      totalBytes: 100 * gibibyte,
      freeFiles: 900,
      totalFiles: 1000,
    }),
    ...changes.machine,
  };
  const { enforces = {} } = changes;
  const tree = {
    version: 2 as const,
    enforces: { ...all, ...(enforces as object) },
    cores: '0-3',
    group: () => ({}) as never,
  };
  const containerd = {
    version: async () => '1.6.20',
    snapshotterFault: async () => null,
    runcRisk: async () => null,
    ...changes.containerd,
  };
  const doctor = new Doctor({
    dataDir: '/data',
    unreachable: null,
    containerd: changes.containerd === null ? null : containerd,
    cgroups: () => (typeof enforces === 'string' ? { tree: null, reason: enforces } : { tree }),
    networkNames: new NetworkNames('abc'),
    firewall: firewall({}),
    machine,
    ...changes.options,
  });
  return doctor.examine(changes.panelTime ?? now);
}

const bad = async (changes: Changes) => (await examine(changes)).filter(({ status }) => status !== 'ok');
const failing = (reason: 'permission_denied' | 'not_listening' | 'unsupported_version') => ({
  version: () => Promise.reject(new ContainerdUnavailable(reason, `The sentence of ${reason}.`)),
});
const chains = (...found: object[]) => JSON.stringify({ nftables: found.map((chain) => ({ chain })) });
const dockerDrop = { family: 'ip', table: 'filter', name: 'FORWARD', hook: 'forward', policy: 'drop' };

describe('the doctor', () => {
  it('finds nothing wrong with a machine on which all is well, and says what it found', async () => {
    const checks = await examine();
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    for (const check of checks)
      expect(check).toMatchObject({ fix: null, command: null, text: expect.stringMatching(/\.$/) });
    expect(checks.map(({ id }) => id)).toEqual([
      'containerd',
      'runc',
      'snapshotter',
      'limits',
      'seccomp',
      'user-namespaces',
      'network-programs',
      'ip-forward',
      'forwarding-rules',
      'cni-plugins',
      'port-range',
      'firewall',
      'data-folder',
      'disk-space',
      'disk-space-images',
      'project-quota',
      'root',
      'clock',
    ]);
  });

  const cases: [string, Changes, string, 'warning' | 'problem', RegExp, RegExp | null][] = [
    [
      'no containerd',
      { containerd: null },
      'containerd',
      'warning',
      /run as processes/,
      /apt-get install -y containerd runc/,
    ],
    [
      'containerd that does not run',
      { containerd: failing('not_listening') },
      'containerd',
      'problem',
      /sentence of not_listening/,
      /systemctl enable --now containerd/,
    ],
    [
      'a socket without permission',
      { containerd: failing('permission_denied') },
      'containerd',
      'problem',
      /permission_denied/,
      null,
    ],
    [
      'a containerd that is too old',
      { containerd: failing('unsupported_version') },
      'containerd',
      'problem',
      /unsupported_version/,
      /apt-get install -y containerd$/,
    ],
    [
      'no runc',
      { missingPrograms: ['runc'] },
      'runc',
      'problem',
      /no container can start/,
      /install -y runc/,
    ],
    [
      'a runc that lets containers out',
      { containerd: { runcRisk: async () => 'runc 1.1.5 is older than the fixes of one hole.' } },
      'runc',
      'warning',
      /older than the fixes/,
      /install -y runc/,
    ],
    [
      'a runc that fails',
      { outputs: { 'runc --version': new ProgramFailure('no') } },
      'runc',
      'problem',
      /does not work/,
      /--reinstall runc/,
    ],
    [
      'no overlayfs',
      { containerd: { snapshotterFault: async () => 'overlay not supported' } },
      'snapshotter',
      'problem',
      /overlay not supported/,
      /modprobe overlay/,
    ],
    [
      'no control groups',
      { enforces: 'this system has no control groups' },
      'limits',
      'problem',
      /because this system has no control groups/,
      null,
    ],
    [
      'no memory controller',
      { enforces: { memory: false, swap: true } },
      'limits',
      'problem',
      /do not hold: memory\./,
      /cgroup_enable=memory/,
    ],
    [
      'swap that is not counted',
      { enforces: { swap: false } },
      'swap',
      'warning',
      /go on in swap/,
      /swapoff/,
    ],
    ['no cpuset', { enforces: { cpuPinning: false } }, 'cpu-pinning', 'warning', /cpuset is missing/, null],
    [
      'no weights of disks',
      { enforces: { ioWeight: false } },
      'io-weight',
      'warning',
      /equal shares of the disks/,
      null,
    ],
    [
      'no seccomp',
      { texts: { '/proc/self/status': 'Name:\tnode\n' } },
      'seccomp',
      'problem',
      /cannot filter system calls/,
      null,
    ],
    [
      'no user namespaces',
      { texts: { '/proc/sys/user/max_user_namespaces': null } },
      'user-namespaces',
      'problem',
      /has no user namespaces/,
      null,
    ],
    [
      'user namespaces turned off',
      { texts: { '/proc/sys/user/max_user_namespaces': '0\n' } },
      'user-namespaces',
      'problem',
      /turned off/,
      /max_user_namespaces=15000/,
    ],
    [
      'no nft',
      { missingPrograms: ['nft'] },
      'network-programs',
      'problem',
      /Missing: nft\./,
      /install -y nftables$/,
    ],
    [
      'neither ip nor nft',
      { missingPrograms: ['ip', 'nft'] },
      'network-programs',
      'problem',
      /Missing: ip and nft/,
      /iproute2 nftables/,
    ],
    [
      'an nft that the kernel refuses',
      { outputs: { 'nft list tables': new ProgramFailure('no') } },
      'network-programs',
      'problem',
      /does not take its rules/,
      /modprobe nf_tables/,
    ],
    [
      'no forwarding',
      { texts: { '/proc/sys/net/ipv4/ip_forward': '0\n' } },
      'ip-forward',
      'warning',
      /agent turns that on/,
      /ip_forward=1/,
    ],
    [
      "Docker's rules",
      { outputs: { 'nft -j list chains': chains(dockerDrop, { ...dockerDrop, name: 'DOCKER-USER' }) } },
      'forwarding-rules',
      'problem',
      /^Docker stops the traffic/,
      /^iptables -I DOCKER-USER -i ctabc-\+ -j ACCEPT && iptables -I DOCKER-USER -o/,
    ],
    [
      'a firewall of nftables',
      {
        outputs: {
          'nft -j list chains': chains({ ...dockerDrop, family: 'inet', table: 'mine', name: 'fwd' }),
        },
      },
      'forwarding-rules',
      'problem',
      /chain fwd of the nftables table inet mine/,
      null,
    ],
    [
      'no CNI plugins',
      { missingPaths: ['/usr/lib/cni', '/opt/cni/bin'] },
      'cni-plugins',
      'warning',
      /Not there: macvlan, ipvlan, static/,
      /containernetworking-plugins/,
    ],
    [
      'one CNI plugin missing',
      { missingPaths: ['/usr/lib/cni/ipvlan'] },
      'cni-plugins',
      'warning',
      /Not there: ipvlan/,
      /containernetworking-plugins/,
    ],
    [
      'outgoing ports in the way',
      { texts: { '/proc/sys/net/ipv4/ip_local_port_range': '1024\t65535\n' } },
      'port-range',
      'warning',
      /ports from 1024 to 65535/,
      /ip_local_port_range=32768 60999/,
    ],
    [
      'a closed data folder',
      { options: { unreachable: 'It is closed.' } },
      'data-folder',
      'problem',
      /It is closed/,
      null,
    ],
    [
      'no project quota',
      { texts: { '/proc/self/mounts': '/dev/sda1 / ext4 rw,relatime 0 0\n' } },
      'project-quota',
      'warning',
      /\/data \(ext4\) does not count/,
      null,
    ],
    [
      'a firewall that is not opened for servers',
      { options: { firewall: firewall({ gates }) } },
      'firewall',
      'warning',
      /\(iptables INPUT\) stops/,
      null,
    ],
    [
      'a firewall that cannot be opened',
      { options: { firewall: firewall({ gates, opens: true, notes: ['It failed: no luck.'] }) } },
      'firewall',
      'warning',
      /^It failed: no luck\.$/,
      null,
    ],
    [
      'a firewall that cannot be looked at',
      {
        options: {
          firewall: { opens: true, report: () => Promise.reject(new ProgramFailure('nft failed (1): gone')) },
        },
      },
      'firewall',
      'warning',
      /could not be looked at: nft failed \(1\): gone\.$/,
      null,
    ],
    ['an agent that is not root', { machine: { isRoot: false } }, 'root', 'warning', /share its user/, null],
    [
      'a clock that is behind',
      { panelTime: now + 45_000 },
      'clock',
      'problem',
      /45 s behind the panel's/,
      /set-ntp true/,
    ],
    [
      'a clock that is ahead',
      { panelTime: now - 3_600_000 },
      'clock',
      'problem',
      /60 min ahead of/,
      /set-ntp true/,
    ],
  ];
  it.each(cases)('tells of %s', async (_name, changes, id, status, text, command) => {
    const check = (await bad(changes)).find((one) => one.id === id);
    expect(check).toMatchObject({ status, text: expect.stringMatching(text) });
    if (command) expect(check?.command).toMatch(command);
    else expect(check?.command).toBeNull();
    expect(DoctorCheck.parse(check)).toEqual(check);
  });

  it.each([
    [0.5 * gibibyte, 'problem'],
    [2.9 * gibibyte, 'problem'],
    [4 * gibibyte, 'warning'],
    [9 * gibibyte, 'warning'],
    [11 * gibibyte, undefined],
  ])('judges %d free bytes of 100 GiB', async (freeBytes, status) => {
    const fileSystem = async () => ({ freeBytes, totalBytes: 100 * gibibyte, freeFiles: 0, totalFiles: 0 });
    const found = (await bad({ machine: { fileSystem } })).find(({ id }) => id === 'disk-space');
    expect(found?.status).toBe(status);
  });

  it('counts files too, where the file system does', async () => {
    const fileSystem = async () => ({
      freeBytes: gibibyte * 50,
      totalBytes: gibibyte * 100,
      freeFiles: 40,
      totalFiles: 1000,
    });
    const found = await bad({ machine: { fileSystem } });
    expect(found.map(({ id }) => id)).toEqual(['inodes', 'inodes-images']);
    expect(found[0]?.text).toContain('only 40 more files');
  });

  it('is content with a closed firewall that the agent opens', async () => {
    const openPorts = [{ serverId: 'one', ip: '0.0.0.0', port: 25565, protocol: 'tcp' as const }];
    const checks = await examine({
      outputs: { 'nft -j list chains': chains(dockerDrop) },
      options: { firewall: firewall({ gates, openPorts, opens: true }) },
    });
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(checks.find(({ id }) => id === 'firewall')?.text).toContain('now for 1 port');
  });

  it('asks little of a machine that is no Linux', async () => {
    const checks = await examine({ machine: { platform: 'darwin' }, containerd: null });
    expect(checks.map(({ id }) => id)).toEqual([
      'containerd',
      'data-folder',
      'disk-space',
      'disk-space-images',
      'root',
      'clock',
    ]);
  });

  it('finds its way about this machine', async () => {
    const dataDir = temporaryFolder();
    const doctor = new Doctor({
      dataDir,
      unreachable: null,
      containerd: null,
      cgroups: () => ({ tree: null, reason: 'a test takes none' }),
      networkNames: new NetworkNames('doctor'),
      firewall: firewall({}),
    });
    const checks = await doctor.examine(Date.now());
    for (const check of checks) expect(DoctorCheck.parse(check)).toEqual(check);
    expect(checks.find(({ id }) => id === 'clock')?.status).toBe('ok');
    expect(checks.find(({ id }) => id === 'disk-space')?.text).toContain(dataDir);
  });

  it('that meets an error of its own does not hide it', async () => {
    const containerd = { version: () => Promise.reject(new TypeError('a bug')) };
    await expect(examine({ containerd })).rejects.toThrow('a bug');
  });
});

describe('the mount of a path', () => {
  const mounts = [
    '/dev/sda1 / ext4 rw 0 0',
    '/dev/sdb1 /var/lib xfs rw,prjquota 0 0',
    'tmpfs /var/lib tmpfs rw 0 0',
    '/dev/sdc1 /srv/my\\040games btrfs rw 0 0',
  ].join('\n');
  it.each([
    ['/etc', 'ext4'],
    ['/var/lib/catalyst', 'tmpfs'],
    ['/var/library', 'ext4'],
    ['/srv/my games/a', 'btrfs'],
  ])('%s is on %s', (path, type) => expect(mountOf(mounts, path)?.type).toBe(type));
});
