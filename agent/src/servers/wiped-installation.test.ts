import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { describeUnless, noPosix } from '../testing/describe-unless.ts';
import { newId } from '../testing/ids.ts';
import { counting, gameSpec, killAndRestart, node, started } from '../testing/real-games.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { finished, order } from '../testing/test-agent.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';

const steps = [{ kind: 'write' as const, label: 'Settings', path: 'game.ini', content: 'new' }];
const spec = () => fakeSpec(['say ready', 'wait 60000'], { install: { steps } });

/** So many files that wiping them takes a while. */
function fillWithFiles(path: string): number {
  const folders = 100;
  for (let index = 0; index < folders; index++) {
    mkdirSync(join(path, `chunk-${index}`), { recursive: true });
    for (let file = 0; file < 20; file++) writeFileSync(join(path, `chunk-${index}`, `${file}`), '');
  }
  return folders;
}

describe('an installation that wipes the files first', () => {
  it('leaves only what it has installed, the console as it was, and the backups', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(spec());
    await test.done(test.order(id, 'kill'));
    const path = test.folder.server(id);
    const backup = join(test.folder.backups, id, 'one');
    mkdirSync(join(test.folder.backups, id), { recursive: true });
    for (const file of [join(path, 'world.dat'), join(path, 'game.ini'), backup]) writeFileSync(file, 'old');
    const seq = test.supervisor.get(id).snapshot().lastSeq;

    await test.done(test.order(id, 'install'));
    expect(readFileSync(join(path, 'world.dat'), 'utf8')).toBe('old');
    await test.done(test.order(id, 'install', { wipeFirst: true }));
    expect(readdirSync(path)).toEqual(['game.ini']);
    expect(readFileSync(join(path, 'game.ini'), 'utf8')).toBe('new');
    expect(existsSync(backup)).toBe(true);
    expect(test.supervisor.get(id).snapshot().lastSeq).toBeGreaterThan(seq);
    expect(await test.lines(id)).toContain('system: Wiping the files.');
    expect(test.steps.map(({ label }) => label)).toContain('Wiping the files');
    await test.done(test.order(id, 'start'));
  });

  it('gives back the disk that the files took', async () => {
    const test = await TestSupervisor.open();
    const content = 'x'.repeat(900_000);
    const big = { kind: 'write' as const, label: 'Big', path: 'one', content };
    const limits = { memoryMb: 64, cpuCores: 1, diskMb: 2, pids: 64 };
    const small = fakeSpec(['say ready'], { limits, install: { steps: [big] } });
    const id = await test.install(small);
    writeFileSync(join(test.folder.server(id), 'world.dat'), Buffer.alloc(1_900_000, 1));
    await test.supervisor.get(id).parts.folder.measure();
    await test.done(test.order(id, 'install'), 'quota_exceeded');
    await test.done(test.order(id, 'install', { wipeFirst: true }));
  });

  it('never wipes what a link in the place of the folder leads to', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(spec());
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, 'kept'), '');
    renameSync(test.folder.server(id), join(elsewhere, 'moved'));
    symlinkSync(elsewhere, test.folder.server(id));
    await test.done(test.order(id, 'install', { wipeFirst: true }));
    expect(readdirSync(elsewhere).sort()).toEqual(['kept', 'moved']);
    expect(readdirSync(test.folder.server(id))).toEqual(['game.ini']);
  });

  it('that is cancelled is no installed server any more, and can be asked for again', async () => {
    const test = await TestSupervisor.open();
    const good = spec();
    const id = await test.install(good);
    const endless = [{ kind: 'run' as const, label: 'Endless', argv: ['fake', 'wait 600000'] }];
    await test.supervisor.apply({ ...good, revision: 2, install: { ...good.install, steps: endless } });
    fillWithFiles(test.folder.server(id));
    const install = test.order(id, 'install', { wipeFirst: true });
    await vi.waitFor(() => expect(test.steps.map(({ label }) => label)).toContain('Wiping the files'), {
      timeout: 15_000,
      interval: 1,
    });
    await test.done(test.order(id, 'kill'));
    await test.done(install, 'conflict');
    expect(test.supervisor.get(id).snapshot()).toMatchObject({ state: 'error', reason: 'install_cancelled' });
    await expect(test.order(id, 'start')).rejects.toMatchObject({ code: 'invalid_state' });
    await test.supervisor.apply({ ...good, revision: 3 });
    await test.done(test.order(id, 'install', { wipeFirst: true }));
    expect(readdirSync(test.folder.server(id))).toEqual(['game.ini']);
  });

  it('that fails leaves a server that is not installed', async () => {
    const test = await TestSupervisor.open();
    const good = spec();
    const id = await test.install(good);
    const failing = [{ kind: 'run' as const, label: 'Download', argv: ['fake', 'exit 22'] }];
    await test.supervisor.apply({ ...good, revision: 2, install: { ...good.install, steps: failing } });
    for (const changes of [{}, { wipeFirst: true as const }]) {
      await test.done(test.order(id, 'install', changes), 'unavailable');
      await expect(test.order(id, 'start')).rejects.toMatchObject({ code: 'invalid_state' });
    }
  });
});

describeUnless(noPosix, 'an agent that is killed while it wipes', () => {
  it('says so, refuses a start, and wipes the rest when it is asked again', { timeout: 60_000 }, async () => {
    const { panel, agent } = await started();
    const endless = [{ kind: 'run' as const, label: 'Endless', argv: node('setInterval(() => {}, 1000)') }];
    const installed = gameSpec(counting);
    const id = installed.serverId;
    await panel.call('server:apply', { spec: installed });
    expect(await finished(panel, await order(panel, id, 'install'))).toBeNull();
    const path = agent.folder.server(id);
    const folders = fillWithFiles(path);
    const install = { timeoutSeconds: 60, steps: endless };
    await panel.call('server:apply', { spec: { ...installed, revision: 2, install } });

    const wipe = (operationId = newId()) =>
      panel
        .call('server_control', {
          operationId,
          serverId: id,
          action: 'install',
          deadlineMs: 60_000,
          wipeFirst: true,
        })
        .then(() => operationId);
    const killed = await wipe();
    await vi.waitFor(() => expect(countIn(path)).toBeLessThan(folders), { timeout: 15_000, interval: 1 });
    await killAndRestart(panel, agent);
    expect(await finished(panel, killed)).toMatchObject({ code: 'unavailable' });
    expect(panel.snapshot).toMatchObject([{ state: 'error', reason: 'install_interrupted' }]);
    expect(panel.snapshot?.[0]?.reasonText).toContain('wipes the files first');
    await expect(order(panel, id, 'start')).rejects.toMatchObject({ code: 'invalid_state' });

    await panel.call('server:apply', { spec: { ...installed, revision: 3, install: { ...install, steps } } });
    expect(await finished(panel, await wipe())).toBeNull();
    expect(readdirSync(path)).toEqual(['game.ini']);
    expect(await finished(panel, await order(panel, id, 'start'))).toBeNull();
  });
});

const countIn = (path: string) => (existsSync(path) ? readdirSync(path).length : 0);
