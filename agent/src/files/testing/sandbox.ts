import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const isRoot = process.getuid?.() === 0;
/** Whom the files of a tested server belong to: somebody else than the agent where that is possible. */
export const serverUid = isRoot ? 700_042 : undefined;
export const secret = 'the canary sings\n';

export interface Sandbox extends Disposable {
  base: string;
  /** The server's folder. */
  root: string;
  /** What nobody may touch: beside the root, one of them with the root's name as its start. */
  canary: string;
  evil: string;
  /** Remembers everything outside the root; the returned check throws when any of it was touched since. */
  watch(): () => void;
  /** The check of what was there at first. */
  assertUntouched(): void;
}

/** A server's folder between canaries. */
export function makeSandbox(): Sandbox {
  const base = mkdtempSync(join(tmpdir(), 'catalyst-files-'));
  chmodSync(base, 0o711);
  const [root, canary, evil] = ['a1', 'canary', 'a1_evil'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(root);
  for (const folder of [canary, evil]) {
    mkdirSync(join(folder, 'sub', 'deep'), { recursive: true });
    for (const file of ['secret', 'x', 'sub/x', 'sub/deep/x']) writeFileSync(join(folder, file), secret);
  }
  const watch = () => {
    const before = [snapshot(canary), snapshot(evil)].join();
    const names = readdirSync(base).join();
    return () => {
      const after = [snapshot(canary), snapshot(evil)].join();
      if (after !== before) throw new Error(`Outside was touched:\n${before}\nbecame\n${after}`);
      if (readdirSync(base).join() !== names)
        throw new Error('Something was made or deleted beside the root');
    };
  };
  return {
    base,
    root,
    canary,
    evil,
    watch,
    assertUntouched: watch(),
    [Symbol.dispose]: () => rmSync(base, { recursive: true, force: true }),
  };
}

/** Every entry with owner, mode, links, times and the hash of its contents. */
export function snapshot(path: string): string {
  const stats = lstatSync(path);
  const facts = [path, stats.mode, stats.uid, stats.gid, stats.size, stats.mtimeMs, stats.ino].join(' ');
  if (stats.isDirectory()) {
    return [
      `${facts} ${stats.ctimeMs}`,
      ...readdirSync(path)
        .sort()
        .map((name) => snapshot(join(path, name))),
    ].join('\n');
  }
  if (stats.isSymbolicLink()) return `${facts} -> ${readlinkSync(path)}`;
  return `${facts} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}

/** On Linux, what this process has open; elsewhere unknown. */
export function openDescriptors(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').sort();
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export function run(command: string, ...parameters: string[]): void {
  const { status, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
}
