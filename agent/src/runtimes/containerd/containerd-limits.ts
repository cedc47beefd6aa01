import { readdirSync, readFileSync } from 'node:fs';

/** How many files containerd may have open: no server can be given more. The least of all that run here. */
export function openFilesOfContainerd(): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandOf(name) === 'containerd');
  return Math.min(Number.MAX_SAFE_INTEGER, ...pids.map(hardLimitOfFiles));
}

function commandOf(pid: string): string {
  return readIfThere(`/proc/${pid}/comm`).trim();
}

function hardLimitOfFiles(pid: string): number {
  const [, hard] = /^Max open files\s+\S+\s+(\S+)/m.exec(readIfThere(`/proc/${pid}/limits`)) ?? [];
  return hard === undefined || hard === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(hard);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
