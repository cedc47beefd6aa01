import { spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { identify } from '@catalyst/shared/node/process-identity';

/**
 * The holder for systems without a shell or `/proc`: a program of its own, started with the run folder as working
 * directory. It says and writes the same as the shell holder (holder-record.ts); only input comes through a socket
 * (on Windows a named pipe) instead of a FIFO. Its orders are in the file `launch.json`, which it deletes.
 */
export interface NodeHolderOrders {
  argv: string[];
  environment: Record<string, string>;
  directory: string;
  uid: number | null;
}

const orders: NodeHolderOrders = JSON.parse(readFileSync('launch.json', 'utf8'));
unlinkSync('launch.json');
say(`holder ${describe(process.pid)}`, 'wx');

const agents = new Set<Socket>();
const socketPath = chooseSocketPath();
const server = createServer((agent) => {
  agents.add(agent);
  agent.on('error', () => agent.destroy()).on('close', () => agents.delete(agent));
  agent.pipe(input, { end: false });
});
server.listen(socketPath, () => {
  say(`stdin ${socketPath}`);
  if (game.pid !== undefined) say(`game ${describe(game.pid)}`);
});

if (process.platform !== 'win32') process.umask(0o027);
const game = spawn(orders.argv[0] ?? '', orders.argv.slice(1), {
  cwd: orders.directory,
  env: orders.environment,
  stdio: ['pipe', openSync('out', 'a'), openSync('err', 'a')],
  detached: process.platform !== 'win32',
  windowsHide: true,
  ...(orders.uid !== null && { uid: orders.uid, gid: orders.uid }),
});
const input = game.stdin as Writable;
game.once('error', (error) => {
  appendFileSync('err', `The program could not be started: ${error.message}\n`);
  end('127 -');
});
game.once('exit', (code, signal) => end(`${code ?? '-'} ${signal ?? '-'}`));
// The game has closed its input: agents learn it at their next write.
input.on('error', () => {
  server.close();
  for (const agent of agents) agent.destroy();
});

function end(how: string) {
  writeFileSync('exit.tmp', how, { flag: 'r+' });
  renameSync('exit.tmp', 'exit');
  if (process.platform !== 'win32') rmSync(socketPath, { force: true });
  process.exit(0);
}

function say(line: string, flag: 'a' | 'wx' = 'a') {
  appendFileSync('holder', `${line}\n`, { flag, mode: 0o600 });
}

function describe(pid: number): string {
  return `${pid} ${identify(pid)?.startTime ?? 'ended'}`;
}

function chooseSocketPath(): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\catalyst-${crypto.randomUUID()}`;
  const path = join(process.cwd(), 'in');
  // The address of a socket has room for 103 bytes on macOS.
  return Buffer.byteLength(path) <= 103 ? path : join(mkdtempSync(join(tmpdir(), 'catalyst-')), 'in');
}
