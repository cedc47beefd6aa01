import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** A program that swaps two names until its input ends. */
interface Attacker {
  description: string;
  command: string;
  parameters: string[];
}

interface Attack extends AsyncDisposable {
  /** Ends it; says how many swaps there were. */
  stop(): Promise<number>;
}

const python = `
import ctypes, select, sys
libc = ctypes.CDLL(None)
a, b = sys.argv[1].encode(), sys.argv[2].encode()
swaps = tries = 0
while tries % 256 or not select.select([sys.stdin], [], [], 0)[0]:
    tries += 1
    if libc.renameat2(-100, a, -100, b, 2) == 0: swaps += 1
print(swaps)`;

// Without RENAME_EXCHANGE there is a moment in which the name is missing; slower, but an attack all the same.
const node = `
const fs = require('node:fs');
const [a, b] = process.argv.slice(1);
let swaps = 0, isEnding = false;
process.stdin.resume().on('end', () => { isEnding = true; });
const move = (from, to) => { try { fs.renameSync(from, to); return true; } catch { return false; } };
const round = () => {
  for (let i = 0; i < 256; i++) {
    if (move(a, a + '.swap') && move(b, a)) swaps++;
    move(a + '.swap', b);
  }
  if (isEnding) console.log(swaps); else setImmediate(round);
};
round();`;

/** The fastest attacker this machine can make: compiled C, else Python, else Node. */
export function makeAttacker(folder: string): Attacker {
  const source = fileURLToPath(new URL('./swapper.c', import.meta.url));
  const binary = join(folder, 'swapper');
  for (const compiler of ['gcc', 'cc', 'clang']) {
    if (spawnSync(compiler, ['-O2', '-o', binary, source]).status === 0) {
      return { description: `C (${compiler}), RENAME_EXCHANGE`, command: binary, parameters: [] };
    }
  }
  if (spawnSync('python3', ['-c', 'import ctypes; ctypes.CDLL(None).renameat2']).status === 0) {
    return { description: 'Python, RENAME_EXCHANGE', command: 'python3', parameters: ['-c', python] };
  }
  return { description: 'Node, three renames', command: process.execPath, parameters: ['-e', node] };
}

export function startAttack({ command, parameters }: Attacker, one: string, other: string): Attack {
  const child = spawn(command, [...parameters, one, other], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = text(child.stdout);
  const ended = once(child, 'close');
  const stop = async () => {
    child.stdin.end();
    await ended;
    return Number(await said);
  };
  return {
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
