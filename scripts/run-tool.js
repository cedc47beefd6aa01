import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname, join } from 'node:path';
import { root } from './build.js';

const path = [dirname(process.execPath), process.env.PATH].join(delimiter);

/** Runs tools of node_modules one after the other, on this very Node, up to the first that fails; gives its exit code. */
export async function runAll(commands) {
  for (const [tool, ...args] of commands) {
    const child = spawn(join(root, 'node_modules', '.bin', tool), args, {
      stdio: 'inherit',
      cwd: root,
      env: { ...process.env, PATH: path },
      shell: process.platform === 'win32',
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) return code ?? 1;
  }
  return 0;
}
