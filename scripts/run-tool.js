import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { root } from './build.js';

const path = [dirname(process.execPath), process.env.PATH].join(delimiter);

/**
 * Runs tools of node_modules, or other programs by their whole path, one after the other, up to the first that fails;
 * gives its exit code. They find this very Node.
 */
export async function runAll(commands) {
  for (const [tool, ...args] of commands) {
    const file = isAbsolute(tool) ? tool : join(root, 'node_modules', '.bin', tool);
    const child = spawn(file, args, {
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
