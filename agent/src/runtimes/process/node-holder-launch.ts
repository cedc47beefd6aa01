import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunFolder } from '../run-folder.ts';
import type { Launch } from '../runtime.ts';
import { coverInherited } from './inherited-descriptors.ts';
import { checkDirectory } from './launch-check.ts';
import type { NodeHolderOrders } from './node-holder.ts';

/** Spawns node-holder.ts; a bundle carries it as `node-holder.js` beside itself. */
export function spawnNodeHolder(
  folder: RunFolder,
  launch: Launch,
  uid: number | null,
  systemRoot: string | undefined,
): ChildProcess {
  checkDirectory(launch.directory);
  const { argv, environment, directory } = launch;
  const orders: NodeHolderOrders = { argv: [...argv], environment: { ...environment }, directory, uid };
  writeFileSync(join(folder.path, 'launch.json'), JSON.stringify(orders), { flag: 'wx', mode: 0o600 });
  const file = import.meta.url.endsWith('.ts') ? './node-holder.ts' : './node-holder.js';
  const nothing = openSync(devNull, 'r+');
  try {
    return spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
      cwd: folder.path,
      env: systemRoot ? { SystemRoot: systemRoot } : {},
      detached: true,
      stdio: coverInherited([nothing, nothing, nothing], nothing),
      windowsHide: true,
    });
  } finally {
    closeSync(nothing);
  }
}
