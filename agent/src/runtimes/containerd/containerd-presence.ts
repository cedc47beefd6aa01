import { existsSync } from 'node:fs';
import { findProgram, serverPath } from '../../node/program-paths.ts';

export const usualSocket = '/run/containerd/containerd.sock';

/** Whether this machine has containerd, running or not: one that was named, or is where it usually is. */
export function isContainerdHere(socketPath: string | null, hostEnvironment: NodeJS.ProcessEnv): boolean {
  if (process.platform !== 'linux') return false;
  if (socketPath !== null || existsSync(usualSocket)) return true;
  return findProgram('containerd', serverPath(hostEnvironment)) !== null;
}
