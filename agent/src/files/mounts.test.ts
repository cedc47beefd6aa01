import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const canUnshare = spawnSync('unshare', ['-m', 'true']).status === 0;

test('mounts are not crossed, and full or read-only disks are told', ({ skip }) => {
  skip(!canUnshare, 'needs root on Linux to mount something in a namespace of its own');
  const script = fileURLToPath(new URL('./testing/in-own-mounts.ts', import.meta.url));
  const parameters = ['-m', '--propagation', 'private', process.execPath, script];
  const { status, stdout, stderr } = spawnSync('unshare', parameters, { encoding: 'utf8', timeout: 25_000 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.match(/^passed: /gm)).toHaveLength(4);
});
