import { execFile } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { type ProcessIdentity, signalProcess } from '@catalyst/shared/node/process-identity';
import type { RunFolder } from '../run-folder.ts';
import { type Usage, unknownUsage } from '../runtime.ts';
import { listProcesses, type ProcessEntry } from './process-table.ts';

/** By what a server's processes are known where there is no control group. */
interface ProcessTree {
  holder: ProcessIdentity;
  game: ProcessIdentity | null;
  /** Set when no other server runs under this user. */
  ownUid: number | null;
  folder: RunFolder;
}

/**
 * The game and all that came from it: its session, its descendants, the processes of its own user, and those that left
 * all of that but still hold its input or output. What leaves every one of these escapes; only a control group is sure.
 */
function treeMembers(tree: ProcessTree, processes = listProcesses()): ProcessEntry[] {
  const { holder, game, ownUid } = tree;
  // Beside the game a holder has children that write down how the game ended: they are spared.
  const pids = new Set(game ? [] : [holder.pid]);
  const isMember = (entry: ProcessEntry) =>
    pids.has(entry.parentPid) ||
    (entry.pid === game?.pid && entry.startTime === game.startTime) ||
    entry.session === game?.pid ||
    (ownUid !== null && entry.uid === ownUid) ||
    holdsSpool(entry.pid, tree.folder);
  const members = new Map<number, ProcessEntry>();
  for (let found = true; found; ) {
    found = false;
    for (const entry of processes) {
      if (entry.pid === process.pid || entry.pid === holder.pid || members.has(entry.pid)) continue;
      if (!isMember(entry)) continue;
      members.set(entry.pid, entry);
      pids.add(entry.pid);
      found = true;
    }
  }
  return [...members.values()];
}

/** Kills until nothing is left; waits for as long as the kernel needs. */
export async function killTree(tree: ProcessTree): Promise<void> {
  if (process.platform === 'win32') return taskkill(tree.game?.pid);
  // Stopped first and killed when no new ones turn up: a killed fork bomb makes room for its own next fork.
  const stopped = new Set<number>();
  for (let delayMs = 1; ; delayMs = Math.min(delayMs * 2, 50)) {
    const members = treeMembers(tree);
    if (members.length === 0) return;
    const running = members.filter(({ pid }) => !stopped.has(pid));
    if (running.length > 0 && stopped.size < 40_000) {
      for (const member of running) {
        signalProcess(member, 'SIGSTOP');
        stopped.add(member.pid);
      }
      continue;
    }
    for (const member of members) signalProcess(member, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}

/** Kills a holder and whatever it was about to start, which is in its session still. Resolves when all of it is gone. */
export async function killSession(holderPid: number): Promise<void> {
  if (process.platform === 'win32') return taskkill(holderPid);
  for (;;) {
    const members = listProcesses().filter((entry) => entry.session === holderPid);
    if (members.length === 0) return;
    for (const member of members) signalProcess(member, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

export function treeUsage(tree: ProcessTree): Usage {
  if (process.platform === 'win32') return unknownUsage;
  const members = treeMembers(tree);
  const sum = (value: (entry: ProcessEntry) => number) => members.reduce((total, e) => total + value(e), 0);
  return {
    ...unknownUsage,
    cpuSeconds: sum((entry) => entry.cpuSeconds),
    memoryBytes: sum((entry) => entry.memoryBytes),
    pids: members.length,
  };
}

function holdsSpool(pid: number, folder: RunFolder): boolean {
  if (process.platform !== 'linux') return false;
  return [0, 1, 2].some((descriptor) => {
    try {
      return [folder.stdin, folder.stdout, folder.stderr].includes(
        readlinkSync(`/proc/${pid}/fd/${descriptor}`),
      );
    } catch {
      return false;
    }
  });
}

function taskkill(pid: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (pid === undefined) resolve();
    else execFile('taskkill', ['/PID', `${pid}`, '/T', '/F'], () => resolve());
  });
}
