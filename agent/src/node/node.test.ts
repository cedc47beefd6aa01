import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeUnless, notLinux, notRoot } from '../testing/describe-unless.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { Health } from './health.ts';
import { installPackages, missingPackages } from './host-packages.ts';
import { socketsOnPort } from './port-holder.ts';
import { addressesOf, takenPorts } from './ports.ts';
import { findProgram, serverPath } from './program-paths.ts';

describe('takenPorts', () => {
  it('tells TCP from UDP, names the holder, and says nothing of free ones', async () => {
    const tcp = createServer().listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    onTestFinished(() => void tcp.close());
    const udp = createSocket('udp4').bind(0, '0.0.0.0');
    await once(udp, 'listening');
    onTestFinished(() => void udp.close());
    const [tcpPort, udpPort] = [tcp, udp].map((socket) => (socket.address() as AddressInfo).port) as [
      number,
      number,
    ];
    const taken = await takenPorts([
      { ip: '0.0.0.0', port: tcpPort, protocol: 'tcp' },
      { ip: '127.0.0.1', port: udpPort, protocol: 'udp' },
      { ip: '127.0.0.1', port: tcpPort, protocol: 'udp' },
    ]);
    expect(taken.map(({ port, protocol }) => `${port}/${protocol}`)).toEqual([
      `${tcpPort}/tcp`,
      `${udpPort}/udp`,
    ]);
    if (notLinux === null)
      for (const { holder } of taken) expect(holder).toContain(`(process ${process.pid})`);
    const both = addressesOf([{ name: 'game', ip: '127.0.0.1', port: tcpPort, protocol: 'both' }]);
    expect(both.map(({ protocol }) => protocol)).toEqual(['tcp', 'udp']);
  });

  it('finds the sockets of a port in the tables of the kernel', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 x 100 0 0 10 0',
      '   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 x 100 0 0 10 0',
      '   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 x 100 0 0 10 0',
      '   3: B80D0120000000000000000001000000:1F91 00000000000000000000000000000000:0000 0A 0:0 00:0 0 700001        0 4714 1 x',
      '   4: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A 0:0 00:0 0 700001        0 4715 1 x',
    ].join('\n');
    const inodesOn = (...args: [number, boolean]) => socketsOnPort(table, ...args).map(({ inode }) => inode);
    expect(inodesOn(8080, true)).toEqual(['4711']);
    expect(inodesOn(8080, false)).toEqual(['4711', '4712']);
    expect(inodesOn(81, false)).toEqual([]);
    expect(socketsOnPort(table, 8081, true).map(({ address, uid }) => [address, uid])).toEqual([
      ['2001:db8::1', 700_001],
      ['::', 700_001],
    ]);
  });
});

describeUnless(notLinux, 'programs', () => {
  it('are looked for where distributions put them, games included, and Node is found', () => {
    const path = serverPath(process.env);
    expect(path.split(delimiter)).toEqual(expect.arrayContaining(['/usr/bin', '/usr/games']));
    expect(findProgram('sh', path)).toMatch(/\/sh$/);
    expect(findProgram('node', path)).not.toBeNull();
    expect(findProgram('no-such-program', path)).toBeNull();
  });

  it('that other users cannot reach are not offered to servers', ({ skip }) => {
    skip(notRoot !== null, 'needs root, whose servers are other users');
    const closed = join(temporaryFolder(), 'closed');
    mkdirSync(closed, { mode: 0o700 });
    writeFileSync(join(closed, 'npm'), '#!/bin/sh\n', { mode: 0o755 });
    expect(serverPath({ PATH: closed }).split(delimiter)).not.toContain(closed);
  });
});

describeUnless(notLinux, 'host packages', () => {
  /** A package manager that installs into a folder of its own, or fails. */
  function fakeApt(script: string) {
    const folder = temporaryFolder();
    const aptGet = join(folder, 'apt-get');
    writeFileSync(aptGet, `#!/bin/sh\ncd ${folder}\necho "$DEBIAN_FRONTEND $@" >> calls\n${script}\n`);
    chmodSync(aptGet, 0o755);
    return { path: folder, aptGet, isRoot: true };
  }
  const game = { debian: 'nice-game', program: 'nicegame' };

  it('are missing when their program is', () => {
    expect(missingPackages([game, { debian: 'dash', program: 'sh' }], '/bin')).toEqual(['nice-game']);
  });

  it('without a program of their own are known by a file', () => {
    const data = { debian: 'nice-data', program: '/absent/nice.dat' };
    expect(missingPackages([data, { debian: 'base-passwd', program: '/etc/passwd' }], '')).toEqual([
      'nice-data',
    ]);
  });

  it('are installed without a question, and only those that are missing', async () => {
    const apt = fakeApt('[ "$1" = update ] || { echo "#!/bin/sh" > nicegame; chmod 755 nicegame; }');
    const { installed, output } = await installPackages([game], process.env, apt);
    expect(installed).toEqual(['nice-game']);
    expect(output).toBeDefined();
    expect(missingPackages([game], apt.path)).toEqual([]);
    expect(await installPackages([game], process.env, apt)).toMatchObject({ installed: [] });
  });

  it('that cannot be installed are told with the last words of the package manager', async () => {
    const apt = fakeApt(
      '[ "$1" = update ] || { echo "E: Unable to locate package nice-game" >&2; exit 100; }',
    );
    await expect(installPackages([game], process.env, apt)).rejects.toThrow(
      'E: Unable to locate package nice-game',
    );
    await expect(installPackages([game], process.env, fakeApt('exit 0'))).rejects.toThrow(
      'without the expected programs',
    );
  });

  it('are for root to install, where there is a package manager', async () => {
    await expect(installPackages([game], process.env, { ...fakeApt(''), isRoot: false })).rejects.toThrow(
      'sudo apt-get install nice-game',
    );
    await expect(installPackages([game], process.env, { aptGet: null })).rejects.toThrow('no apt-get');
  });
});

describe('health', () => {
  it('is within what a machine can be', async () => {
    const health = new Health({ dataDir: temporaryFolder(), runtimes: [], notes: [], runningCount: () => 3 });
    const report = await health.report();
    expect(report.cpuPercent).toBeGreaterThanOrEqual(0);
    expect(report.cpuPercent).toBeLessThanOrEqual(100);
    expect(report.memoryUsageMb).toBeLessThan(report.memoryTotalMb);
    expect(report.diskUsageMb).toBeLessThanOrEqual(report.diskTotalMb);
    expect(report).toMatchObject({ containerCount: 3, runtimes: [] });
  });
});
