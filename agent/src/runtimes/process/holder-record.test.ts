import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Limits } from '@catalyst/shared/features/server-spec';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeUnless, noPosix } from '../../testing/describe-unless.ts';
import { ProcessRuntime } from '../process-runtime.ts';
import { RunFolder } from '../run-folder.ts';
import type { Launch } from '../runtime.ts';
import { holderFile, readHolderRecord, revokeStart } from './holder-record.ts';
import { spawnNodeHolder } from './node-holder-launch.ts';
import { createRunFolder, fillRunFolder } from './run-state.ts';
import { spawnShellHolder } from './shell-holder.ts';

describeUnless(noPosix, 'the claim on a start', () => {
  let root: string;
  let folder: RunFolder;
  let launch: Launch;
  const runtime = () => new ProcessRuntime({ runRoot: root, cgroupPrefix: 'unused', cgroupRoot: '/nowhere' });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'catalyst-claim-'));
    folder = new RunFolder(root, 'server', 'start');
    createRunFolder(folder);
    fillRunFolder(folder, { startedAt: new Date(), uid: null, hasGroup: false });
    launch = {
      serverId: 'server',
      startId: 'start',
      argv: ['/bin/sh', '-c', 'echo should not run >ran'],
      environment: {},
      directory: root,
      uid: null,
      limits: Limits.parse({ memoryMb: 64, cpuCores: 1, diskMb: 1 }),
      image: null,
      registries: [],
      network: { mode: 'host' },
      ports: [],
      terminal: false,
      purpose: 'game',
    };
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const holders = {
    shell: () => spawnShellHolder({ folder, launch, uid: null, joinFiles: [], privilegePrefix: [] }),
    node: () => spawnNodeHolder(folder, launch, null, undefined),
  };

  test.each(['shell', 'node'] as const)(
    'is refused to a late %s holder when the agent gave the start up',
    async (kind) => {
      expect(revokeStart(folder)).toBe(true);
      const [code] = await once(holders[kind](), 'exit');
      expect(code).not.toBe(0);
      expect(existsSync(join(root, 'ran'))).toBe(false);
      expect(readHolderRecord(folder)).toMatchObject({ revoked: true, holder: null, game: null });
    },
  );

  test('cannot be revoked from a holder that has it', async () => {
    await once(holders.shell(), 'exit');
    expect(revokeStart(folder)).toBe(false);
    expect(existsSync(join(root, 'ran'))).toBe(true);
    expect(await runtime().recover('server', 'start')).toMatchObject({ code: 0 });
  });

  test('is given up by the next agent when no holder took it', async () => {
    expect(await runtime().recover('server', 'start')).toBeNull();
    expect(existsSync(folder.path)).toBe(false);
  });

  test('is given up although an agent was killed while it gave it up', async () => {
    revokeStart(folder);
    expect(await runtime().recover('server', 'start')).toBeNull();
    expect(existsSync(folder.path)).toBe(false);
  });

  test('of a holder that died before it had begun is no start', async () => {
    writeFileSync(holderFile(folder), 'holder 999999999 1\ngame 99999');
    expect(await runtime().recover('server', 'start')).toBeNull();
  });

  test('of a holder that died without a word is no start', async () => {
    writeFileSync(holderFile(folder), '');
    expect(await runtime().recover('server', 'start')).toBeNull();
  });

  test('of an earlier boot is a start that ended nobody knows how', async () => {
    const state = JSON.parse(readFileSync(folder.state, 'utf8'));
    // A pid that lives, and a start time to match: only the boot tells them apart.
    writeFileSync(holderFile(folder), `holder ${process.pid} 1\ngame ${process.pid} 1\n`);
    writeFileSync(folder.state, JSON.stringify({ ...state, bootId: 'another' }));
    const exit = { code: null, signal: null, outOfMemory: false };
    expect(await runtime().recover('server', 'start')).toMatchObject(exit);
    writeFileSync(folder.state, '');
    expect(await runtime().recover('server', 'start')).toMatchObject(exit);
  });
});
