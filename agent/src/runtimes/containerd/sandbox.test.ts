import { readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Limits } from '@catalyst/shared/features/server-spec';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { describeUnless } from '../../testing/describe-unless.ts';
import { openCgroups } from '../cgroups/open-cgroups.ts';
import { shellGame } from '../process/testing/shell-game.ts';
import type { Launch } from '../runtime.ts';
import { bytes, printed, RuntimeBench } from '../runtime-suite.ts';
import { ContainerdBench, needsContainerd, suiteImage } from './testing/containerd-bench.ts';

const containerd = await ContainerdBench.open('sandbox');
afterAll(() => containerd?.close());
const limits = (changes: Partial<Limits>) =>
  Limits.parse({ memoryMb: 128, cpuCores: 2, diskMb: 100, pids: 64, ...changes });

describeUnless(containerd ? null : needsContainerd, 'the sandbox', () => {
  if (!containerd) return;
  let bench: RuntimeBench;
  beforeEach(() => {
    bench = new RuntimeBench({
      open: (runRoot) => containerd.runtime(runRoot),
      game: shellGame,
      launch: { image: suiteImage },
      firstUid: 12_000_000,
    });
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  /** What a script says inside, by line. */
  async function inside(script: string, changes: Partial<Launch> = {}): Promise<string[]> {
    const server = await bench.start(['/bin/sh', '-c', `exec 2>&1; ${script}`], changes);
    await server.exited;
    return bench.out(server).trim().split('\n');
  }
  async function status(changes: Partial<Launch> = {}): Promise<Record<string, string>> {
    const lines = await inside('cat /proc/self/status', changes);
    return Object.fromEntries(lines.map((line) => line.split(/:\s*/) as [string, string]));
  }

  describe('of a game', () => {
    test('has a user without any right', async () => {
      const launch = bench.launch(['/bin/cat', '/proc/self/status']);
      const own = `${launch.uid}`;
      const inContainer = await status({ serverId: launch.serverId, uid: launch.uid });
      expect(inContainer.Uid?.split('\t')).toEqual([own, own, own, own]);
      expect(inContainer.Gid?.split('\t')).toEqual([own, own, own, own]);
      expect(inContainer.Groups?.trim()).toMatch(new RegExp(`^(${own})?$`));
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
        expect(inContainer[set], set).toBe('0000000000000000');
      }
      expect(inContainer).toMatchObject({ NoNewPrivs: '1', Seccomp: '2' });
    });

    test('lets it write into its folder and memory, and nowhere else', async () => {
      const launch = bench.launch([]);
      const places = ['/', '/etc', '/bin', '/root', '/home', '/proc', '/sys', '/sys/fs/cgroup', '/dev'];
      const said = await inside(
        `for place in ${places.join(' ')}; do touch $place/new 2>/dev/null && echo "wrote $place"; done
         for place in /home/container /tmp /run /dev/shm; do touch $place/new && echo "wrote $place"; done`,
        { serverId: launch.serverId, uid: launch.uid },
      );
      expect(said).toEqual(['wrote /home/container', 'wrote /tmp', 'wrote /run', 'wrote /dev/shm']);
      const made = statSync(join(launch.directory, 'new'));
      expect([made.uid, made.gid, made.mode & 0o777]).toEqual([launch.uid, launch.uid, 0o640]);
    });

    test('is at home in its folder, with what its image and its template say', async () => {
      const environment = { GAME: 'one two', HOME: '/home/container' };
      const said = await inside('pwd; env | sort; umask', { environment });
      expect(said).toEqual([
        '/home/container',
        'GAME=one two',
        'HOME=/home/container',
        'PATH=/bin',
        'PWD=/home/container',
        'SHLVL=1',
        '0027',
      ]);
    });

    test('has mounts that give no rights', async () => {
      const said = await inside('cat /proc/self/mounts');
      const options = Object.fromEntries(
        said.map((line) => [line.split(' ')[1], line.split(' ')[3]?.split(',')]),
      );
      expect(options['/']).toContain('ro');
      for (const place of ['/home/container', '/tmp', '/run', '/dev/shm', '/proc', '/sys']) {
        expect(options[place], place).toEqual(expect.arrayContaining(['nosuid', 'nodev']));
      }
      for (const place of ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/sys']) {
        expect(options[place], place).toContain('ro');
      }
      const groups = said.filter((line) => /^cgroup2? /.test(line));
      expect(groups.length).toBeGreaterThan(0);
      for (const line of groups) expect(line.split(' ')[3]?.split(',')).toContain('ro');
      expect(said.join('\n')).not.toMatch(/containerd\.sock/);
    });

    test('sees its own processes only', async () => {
      const said = await inside(
        'for pid in /proc/[0-9]*; do echo $pid; done; for kind in pid ipc uts mnt cgroup; do readlink /proc/self/ns/$kind; done',
      );
      expect(said.filter((line) => line.startsWith('/proc/'))).toEqual(['/proc/1']);
      for (const kind of ['pid', 'ipc', 'uts', 'mnt', 'cgroup']) {
        const own = said.find((line) => line.startsWith(`${kind}:`));
        expect(own, kind).toBeDefined();
        expect(own, kind).not.toBe(readlinkSync(`/proc/self/ns/${kind}`));
      }
    });

    test('is given no way to the kernel', async () => {
      const tries = [
        'unshare -U true',
        'unshare -m true',
        'unshare -p true',
        'mount -t tmpfs x /tmp',
        'mount -o remount,rw /',
        'umount /proc/kcore',
        'chroot / true',
        'hostname evil',
        'mknod /tmp/disk b 8 0',
        'echo 1 >/proc/sys/kernel/panic',
        'echo b >/proc/sysrq-trigger',
        'echo -1 >/proc/self/oom_score_adj',
        'head -c 1 /proc/kcore | grep .',
        'dmesg',
        'kill -9 -1; false',
        'ls /sys/firmware | grep .',
      ];
      const said = await inside(
        tries.map((attempt) => `(${attempt}) >/dev/null 2>&1 && echo '${attempt}'`).join('\n'),
      );
      expect(said).toEqual(['']);
    });

    test('has the few devices that programs need', async () => {
      const said = await inside('find /dev | sort');
      expect(said).toEqual([
        ...['/dev', '/dev/fd', '/dev/full', '/dev/mqueue', '/dev/null', '/dev/ptmx', '/dev/pts'],
        ...[
          '/dev/pts/ptmx',
          '/dev/random',
          '/dev/shm',
          '/dev/stderr',
          '/dev/stdin',
          '/dev/stdout',
          '/dev/tty',
        ],
        ...['/dev/urandom', '/dev/zero'],
      ]);
    });

    test('knows its limits, and goes first when memory runs out', async () => {
      const said = await inside(
        'cat /proc/self/oom_score_adj; ulimit -c; ulimit -n; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null',
      );
      const [oomScore, core, files, memory] = said.map(Number);
      expect([oomScore, core, memory]).toEqual([500, 0, 256 * 2 ** 20]);
      expect(files).toBeGreaterThan(1000);
    });

    test('cannot fill the memory of the machine by files', async () => {
      const said = await inside(
        'for place in /tmp /dev/shm /run /dev; do df -m $place | tail -1 | tr -s " " | cut -d " " -f 2; done',
        { limits: limits({ memoryMb: 64 }) },
      );
      expect(said.map(Number).every((megabytes) => megabytes <= 32)).toBe(true);
    });
  });

  describe('of an installation', () => {
    const purpose = 'install';

    test('makes it an administrator of nothing but its own', async () => {
      const launch = bench.launch([]);
      const inContainer = await status({ serverId: launch.serverId, uid: launch.uid, purpose });
      expect(inContainer.Uid?.split('\t')).toEqual(['0', '0', '0', '0']);
      const named = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];
      const bits = [0n, 1n, 3n, 6n, 7n].reduce((set, bit) => set | (1n << bit), 0n);
      for (const set of ['CapPrm', 'CapEff', 'CapBnd']) {
        expect(BigInt(`0x${inContainer[set]}`), named.join()).toBe(bits);
      }
      expect(inContainer).toMatchObject({ NoNewPrivs: '1', Seccomp: '2' });
    });

    test('lets it change all of its image, for itself alone', async () => {
      const change = `touch /etc/new /bin/new && rm /etc/group && chown 100:101 /etc/passwd && mkdir -p /opt/tool &&
        echo changed >>/etc/passwd && ls -ln /etc/passwd /bin/busybox | tr -s ' ' | cut -d ' ' -f 3,4; pwd; echo $HOME`;
      expect(await inside(change, { purpose })).toEqual(['0 0', '100 101', '/mnt/server', '/root']);
      expect(await inside('ls /etc; grep changed /etc/passwd', { purpose })).toEqual([
        'group',
        'hostname',
        'hosts',
        'passwd',
        'resolv.conf',
      ]);
    });

    test('makes files that are the server’s own', async () => {
      const launch = bench.launch([]);
      const { serverId, uid, directory } = launch;
      const said = await inside('echo x >made; chmod 600 made; su nobody -s /bin/sh -c "id -u"', {
        ...{ serverId, uid, purpose },
      });
      expect(said).toEqual(['65534']);
      const made = statSync(join(directory, 'made'));
      expect([made.uid, made.gid]).toEqual([uid, uid]);
    });

    test('ends it when it writes more into its image than the server may have', async () => {
      const server = await bench.start(
        ['/bin/sh', '-c', 'head -c 20000000 /dev/zero >/big; echo wrote; read x'],
        {
          ...{ purpose, limits: limits({ diskMb: 10 }) },
        },
      );
      expect(await server.exited).toMatchObject({ signal: 'SIGKILL', outOfMemory: false });
      expect(bench.out(server)).toContain(
        "It wrote more than 10 MB outside of the server's folder and was ended.",
      );
    });

    test('is given no way to the kernel either', async () => {
      const tries = ['mount -t tmpfs x /tmp', 'unshare -m true', 'chroot / true', 'hostname evil', 'dmesg'];
      const said = await inside(
        tries.map((attempt) => `(${attempt}) >/dev/null 2>&1 && echo '${attempt}'`).join('\n'),
        { purpose },
      );
      expect(said).toEqual(['']);
    });
  });

  describe('limits', () => {
    test('end a server that takes too much memory, and it alone', async () => {
      const neighbour = await bench.game('say ready');
      const server = await bench.start(['/bin/tail', '/dev/zero'], { limits: limits({ memoryMb: 32 }) });
      expect(await server.exited).toMatchObject({ code: null, signal: 'SIGKILL', outOfMemory: true });
      await neighbour.write(bytes('say fine\n'));
      await printed(bench, neighbour, 'fine');
    });

    test('bound a fork bomb, which is killed to the last process', async () => {
      const bomb = 'bomb() { bomb | bomb & }; echo ready; while :; do bomb; sleep 1; done';
      const server = await bench.start(['/bin/sh', '-c', bomb], {
        limits: limits({ pids: 40, cpuCores: 0.5 }),
      });
      await vi.waitFor(async () => expect((await server.usage()).pids).toBeGreaterThan(30), 10_000);
      expect((await server.usage()).pids).toBeLessThanOrEqual(40);
      await server.kill();
      expect(await server.exited).toMatchObject({ signal: 'SIGKILL', outOfMemory: false });
    });

    test('are changed while it runs', async () => {
      const show =
        'while read -r x; do grep Cpus_allowed_list /proc/self/status; cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null; done';
      const server = await bench.start(['/bin/sh', '-c', show], { limits: limits({ cpuPinning: '1' }) });
      await server.write(bytes('\n'));
      await printed(bench, server, 'Cpus_allowed_list:\t1\n64\n');
      await server.setLimits(limits({ cpuPinning: '0', pids: 50 }));
      await server.write(bytes('\n'));
      await printed(bench, server, 'Cpus_allowed_list:\t0\n50\n');
    });

    test('refuse cores that are not there, before anything is made', async () => {
      const launch = bench.launch(shellGame(), { limits: limits({ cpuPinning: '4000' }) });
      const start = bench.runtime.start(launch, AbortSignal.timeout(20_000));
      await expect(start).rejects.toMatchObject({ code: 'invalid_input' });
    });

    const { tree } = openCgroups('/sys/fs/cgroup', `${containerd.prefix}`);
    test('weigh the disk', async ({ skip }) => {
      if (!tree?.enforces.ioWeight) skip('this kernel has no weights for disks');
      const show =
        'cat /sys/fs/cgroup/blkio/blkio.bfq.weight /sys/fs/cgroup/blkio/blkio.weight /sys/fs/cgroup/io.bfq.weight /sys/fs/cgroup/io.weight 2>/dev/null; read x';
      const server = await bench.start(['/bin/sh', '-c', show], { limits: limits({ ioWeight: 300 }) });
      await printed(bench, server, '300');
    });
  });

  test('what a server reads and writes on disks is counted', async () => {
    const server = await bench.start([
      '/bin/sh',
      '-c',
      'x=$(head -c 1000000 /dev/zero | tr "\\0" x); for i in 1 2 3 4 5 6 7 8; do echo "$x" >>big; done; echo done; read x',
    ]);
    await printed(bench, server, 'done');
    await vi.waitFor(
      async () => expect((await server.usage()).diskWrittenBytes).toBeGreaterThan(7e6),
      10_000,
    );
  });
});
