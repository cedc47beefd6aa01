/**
 * SFTP with OpenSSH's client: one stream of 200 MB each way and 10,000 small files, of Catalyst, of OpenSSH's own server,
 * and of a channel of ssh2 with nothing behind it. The best of three; `SSHD=/path/of/sshd` where it is elsewhere.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { algorithms } from '../../panel-server/src/features/sftp/algorithms.ts';
import { admin, until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';
import { SftpClient } from '../sftp-client.ts';
import { benchProduct } from './measuring/bench-product.ts';
import { memoryOf } from './measuring/process-figures.ts';

const streamBytes = 200 * 1024 * 1024;
const smallFiles = 10_000;
const runs = 3;

const folder = mkdtempSync(join(tmpdir(), 'catalyst-sftp-bench-'));
const large = join(folder, 'large');
writeFileSync(large, Buffer.alloc(streamBytes, 'catalyst'));
const tree = join(folder, 'tree');
for (let index = 0; index < smallFiles; index++) {
  const inner = join(tree, `folder-${Math.floor(index / 500)}`);
  if (index % 500 === 0) mkdirSync(inner, { recursive: true });
  writeFileSync(join(inner, `file-${index}`), `small ${index}\n`);
}

async function secondsOf(work: () => Promise<{ code: number; output: string }>): Promise<number> {
  const startedAt = process.hrtime.bigint();
  const { code, output } = await work();
  if (code !== 0) throw new Error(`Not measured: ${output}`);
  return Number(process.hrtime.bigint() - startedAt) / 1e9;
}

interface Speeds {
  up: number;
  down: number;
  files: number;
}

async function measure(client: SftpClient, place: string): Promise<Speeds> {
  client.timeoutMs = 300_000;
  const speeds: Speeds = { up: 0, down: 0, files: 0 };
  const back = join(folder, 'back');
  const megabytes = streamBytes / 1e6;
  for (let run = 0; run < runs; run++) {
    const up = await secondsOf(() => client.sftp([`put ${large} ${place}large`]));
    const down = await secondsOf(() => client.sftp([`get ${place}large ${back}`]));
    speeds.up = Math.max(speeds.up, megabytes / up);
    speeds.down = Math.max(speeds.down, megabytes / down);
  }
  const many = await secondsOf(() => client.sftp([`mkdir ${place}tree`, `put -r ${tree}/* ${place}tree/`]));
  return { ...speeds, files: smallFiles / many };
}

/** Of a channel with nothing behind it, in MB/s. */
async function measureRaw(): Promise<Omit<Speeds, 'files'>> {
  const entry = fileURLToPath(new URL('./measuring/raw-ssh-server.js', import.meta.url));
  const server = spawn(process.execPath, [entry, JSON.stringify(algorithms), String(streamBytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(createInterface(server.stdout), 'line');
  const megabytes = streamBytes / 1e6;
  const best = { up: 0, down: 0 };
  const options = [
    '-F',
    '/dev/null',
    '-p',
    String(port),
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'LogLevel=ERROR',
  ];
  const known = ['-o', `UserKnownHostsFile=${join(folder, 'known')}`, '-s', '127.0.0.1'];
  const pass = async (subsystem: string, stdin: 'ignore' | number) => {
    const child = spawn('ssh', [...options, ...known, subsystem], { stdio: [stdin, 'ignore', 'inherit'] });
    const [code] = await once(child, 'exit');
    return { code: code as number, output: 'ssh failed' };
  };
  for (let run = 0; run < runs; run++) {
    const input = openSync(large, 'r');
    best.up = Math.max(best.up, megabytes / (await secondsOf(() => pass('sink', input))));
    closeSync(input);
    best.down = Math.max(best.down, megabytes / (await secondsOf(() => pass('source', 'ignore'))));
  }
  server.kill();
  return best;
}

/** OpenSSH's server on a free port of the loopback, for whoever runs this, by a key made for it. */
async function openSshd(): Promise<{ client: SftpClient; server: ChildProcess } | undefined> {
  const sshd = process.env.SSHD ?? '/usr/sbin/sshd';
  const sftpServer = join(sshd, '..', '..', 'lib', 'openssh', 'sftp-server');
  if (!existsSync(sshd) || !existsSync(sftpServer)) return undefined;
  mkdirSync('/run/sshd', { recursive: true });
  const keys = new SftpClient(join(folder, 'keys'), { port: 0, user: '' });
  for (const name of ['host', 'user']) {
    await keys.run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  }
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const settings = [
    ...['-o', `HostKey=${join(folder, 'host')}`, '-o', `AuthorizedKeysFile=${join(folder, 'user.pub')}`],
    ...['-o', 'StrictModes=no', '-o', 'UsePAM=no', '-o', `Subsystem=sftp ${sftpServer}`],
  ];
  const listen = ['-p', String(port), '-o', 'ListenAddress=127.0.0.1', '-o', 'PidFile=none'];
  const server = spawn(sshd, ['-D', '-e', '-f', '/dev/null', ...listen, ...settings], { stdio: 'ignore' });
  const identity = [
    '-i',
    join(folder, 'user'),
    '-o',
    `Ciphers=${process.env.CIPHERS ?? algorithms.cipher.join(',')}`,
  ];
  const client = new SftpClient(join(folder, 'home'), { port, user: userInfo().username }, identity);
  await until('sshd answers', async () => (await client.sftp(['pwd'])).code === 0);
  return { client, server };
}

try {
  await using bench = await benchProduct(import.meta.url, () => undefined);
  const { product } = bench;
  await addScriptTemplate(product, 'bench', 'unused', ['/bin/true']);
  await product.start();
  const api = await product.adminClient();
  const sizes = { allocatedMemoryMb: 64, allocatedCpuCores: 1, allocatedDiskMb: 2048 };
  const params = {
    id: (await api.servers.create({ body: { name: 'bench', templateId: 'bench', ...sizes } })).id,
  };
  await until('the server is there', async () => (await api.servers.get({ params })).state === 'stopped');
  const { port, user } = await api.sftp.get({ params });
  const password = admin.password;
  const client = new SftpClient(join(folder, 'home-catalyst'), { port: port as number, user, password });

  const raw = await measureRaw();
  const processes = { panel: product.panelPid, agent: await product.agentPid() };
  const before = { panel: memoryOf(processes.panel).rssMb, agent: memoryOf(processes.agent).rssMb };
  const ours = await measure(client, '');
  const grown = (name: 'panel' | 'agent') => (memoryOf(processes[name]).rssMb - before[name]).toFixed(0);
  const sshd = await openSshd();
  const theirs = sshd && (await measure(sshd.client, `${folder}/theirs-`));
  sshd?.server.kill();

  const line = (name: string, figure: (of: Speeds) => number, unit: string, bare?: number) => {
    const parts = [`${name}   ${figure(ours).toFixed(0)} ${unit}`];
    if (bare) parts.push(`${(figure(ours) / bare).toFixed(2)} × a bare channel (${bare.toFixed(0)})`);
    if (theirs)
      parts.push(
        `${(figure(ours) / figure(theirs)).toFixed(2)} × OpenSSH's server (${figure(theirs).toFixed(0)})`,
      );
    console.log(parts.join('   '));
  };
  line('one stream up  ', ({ up }) => up, 'MB/s', raw.up);
  line('one stream down', ({ down }) => down, 'MB/s', raw.down);
  line('small files up ', ({ files }) => files, 'files/s');
  console.log(`memory grew meanwhile   panel ${grown('panel')} MB   agent ${grown('agent')} MB`);
  if (!theirs) console.log("OpenSSH's server was not measured: it is not installed");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
