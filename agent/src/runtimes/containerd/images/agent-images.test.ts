import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startContainerd } from '../../../../../e2e/services/containerd.ts';
import { startAgent } from '../../../agent.ts';
import { DataFolder, prepareDataFolder } from '../../../data-folder.ts';
import { createLogger } from '../../../logger.ts';
import { FakePanel } from '../../../testing/fake-panel.ts';
import { newId } from '../../../testing/ids.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { testAgent } from '../../../testing/test-agent.ts';

const isPrivate = process.env.CATALYST_TEST_NETWORK === 'private';
if (!isPrivate) {
  console.warn(
    'Skipped: a whole agent on containerd. It needs a private network (CATALYST_TEST_NETWORK=private).',
  );
}
const containerd = isPrivate ? await startContainerd() : undefined;

describe.skipIf(!containerd)('a whole agent on containerd (skipped without a private network)', () => {
  afterAll(() => containerd?.stop());

  it('answers what the panel asks about images and about the machine, and tells of pulls', async () => {
    const panel = await FakePanel.open();
    const dataDir = temporaryFolder();
    const folder = new DataFolder(dataDir);
    await prepareDataFolder(folder);
    writeFileSync(folder.link, JSON.stringify(panel.pairing()), { mode: 0o600 });
    const agent = await startAgent({
      config: {
        dataDir,
        statsPort: 0,
        logLevel: 'error',
        containerdSocket: containerd?.socketPath ?? null,
        registryNetworks: [],
        hostEnvironment: process.env,
      },
      log: createLogger('silent', () => {}),
    });
    onTestFinished(() => agent.close());
    await panel.connected();

    expect(await panel.call('images:list', {})).toEqual({ images: [], pulls: [] });
    const pullId = newId();
    // Addresses of the machine itself are nothing that an image may be fetched from.
    const { pull } = await panel.call('images:pull', { pullId, reference: '127.0.0.1:1/game:1' });
    expect(pull).toMatchObject({ id: pullId, status: 'running' });
    await vi.waitFor(
      () =>
        expect(panel.events('image_pull_progress').at(-1)).toMatchObject({
          id: pullId,
          status: 'failed',
          error: { message: expect.stringContaining('127.0.0.1') },
        }),
      { timeout: 20_000 },
    );
    expect(await panel.call('images:list', {})).toMatchObject({ pulls: [{ id: pullId, status: 'failed' }] });

    const { checks } = await panel.call('node:doctor', { panelTime: Date.now() });
    const statusOf = (wanted: string) => checks.find(({ id }) => id === wanted)?.status;
    expect(checks.find(({ id }) => id === 'containerd')?.text).toContain(containerd?.version);
    for (const id of ['containerd', 'snapshotter', 'root', 'clock', 'data-folder']) {
      expect(statusOf(id), id).toBe('ok');
    }
    // The runc of the machine that this runs on may be one with known ways out.
    const runc = checks.find(({ id }) => id === 'runc');
    expect(runc?.status).toBe(/CVE-/.test(runc?.text ?? '') ? 'warning' : 'ok');
    await containerd?.kill();
    const after = await panel.call('node:doctor', { panelTime: Date.now() });
    expect(after.checks.find(({ id }) => id === 'containerd')).toMatchObject({
      status: 'problem',
      command: expect.stringContaining('systemctl enable --now containerd'),
    });
    await expect(panel.call('images:list', {})).rejects.toMatchObject({ code: 'unavailable' });
  });
});

it('an agent without containerd says so, and is examined all the same', async () => {
  const panel = await FakePanel.open();
  await testAgent(panel.pairing());
  await panel.connected();
  await expect(panel.call('images:list', {})).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('no containerd'),
  });
  const { checks } = await panel.call('node:doctor', { panelTime: Date.now() });
  expect(checks.find(({ id }) => id === 'containerd')).toMatchObject({
    status: 'warning',
    command: expect.stringContaining('apt-get install'),
  });
});
