import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** How a game is cut off from the agent's rights on this machine: the words put before its command. */
export interface PrivilegeDrop {
  canChangeUser: boolean;
  /** Why not all of it works here; empty when it does. */
  notes: string[];
  prefix(uid: number | null): string[];
}

/** The Node holder changes the user by itself and can take away nothing else. */
export const nodePrivilegeDrop: PrivilegeDrop = {
  canChangeUser: process.getuid?.() === 0,
  notes: [],
  prefix: () => [],
};

/** Tries once what works here: a container may lack the capability to change users, a small system the programs. */
export async function probePrivilegeDrop(): Promise<PrivilegeDrop> {
  const isRoot = process.getuid?.() === 0;
  const setsid = findTool('setsid');
  const setpriv = findTool('setpriv');
  const session = setsid ? [setsid] : [];
  const withoutNewRights = setpriv ? [setpriv, '--no-new-privs'] : [];
  const withoutCapabilities = [...withoutNewRights, '--inh-caps=-all', '--bounding-set=-all'];
  const asUser = (uid: number) => [
    ...withoutCapabilities,
    `--reuid=${uid}`,
    `--regid=${uid}`,
    '--clear-groups',
  ];

  const notes: string[] = [];
  const canDrop = setpriv !== null && (await works(withoutNewRights));
  const canChangeUser = isRoot && canDrop && (await works(asUser(65_534)));
  const canDropCapabilities = isRoot && canDrop && (await works(withoutCapabilities));
  if (!setpriv) notes.push('The program setpriv (of util-linux) is missing.');
  if (!setsid) notes.push('The program setsid (of util-linux) is missing: a game can signal its own holder.');
  return {
    canChangeUser,
    notes,
    prefix(uid) {
      if (uid !== null && canChangeUser) return [...session, ...asUser(uid), '--'];
      if (canDropCapabilities) return [...session, ...withoutCapabilities, '--'];
      return canDrop ? [...session, ...withoutNewRights, '--'] : session;
    },
  };
}

function findTool(name: string): string | null {
  for (const folder of ['/usr/bin', '/bin', '/usr/sbin', '/sbin']) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Look in the next one.
    }
  }
  return null;
}

async function works([program, ...args]: string[]): Promise<boolean> {
  if (!program) return false;
  return promisify(execFile)(program, [...args, '--', '/bin/sh', '-c', ':'], { env: {} }).then(
    () => true,
    () => false,
  );
}
