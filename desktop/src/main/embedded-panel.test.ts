import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PanelStatus } from '../bridge.ts';
import { type EmbeddedPanel, embeddedPanel, type PanelTiming } from './embedded-panel.ts';
import { readLandingUrl } from './panel-files.ts';
import { openPanelLog, type PanelLog } from './panel-log.ts';

const quick: PanelTiming = {
  retryDelaysMs: [10, 20],
  stableMs: 60_000,
  readyLimitMs: 20_000,
  stopLimitMs: 5000,
  pollMs: 10,
};

let folder: string;
let log: PanelLog;
let panels: EmbeddedPanel[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'embedded-panel-'));
  log = openPanelLog(join(folder, 'logs', 'panel.log'));
  panels = [];
});
afterEach(async () => {
  await Promise.all(panels.map((panel) => panel.close()));
  log.close();
  rmSync(folder, { recursive: true, force: true });
});

function newPanel({
  timing = {},
  nodePath = process.execPath,
}: {
  timing?: Partial<PanelTiming>;
  nodePath?: string;
} = {}) {
  const panel = embeddedPanel({
    dataDirectory: folder,
    lastPortPath: join(folder, 'last-port'),
    log,
    commandFor: (port) => ({
      nodePath,
      entry: join(import.meta.dirname, 'testing', 'fake-panel.js'),
      environment: {
        PATH: process.env.PATH ?? '',
        CATALYST_DATA_DIR: folder,
        CATALYST_HOST: '127.0.0.1',
        CATALYST_PORT: String(port),
      },
      workingDirectory: folder,
    }),
    timing: { ...quick, ...timing },
  });
  panels.push(panel);
  const seen: PanelStatus[] = [];
  panel.onStatus((status) => seen.push(status));
  return { panel, seen, phases: () => seen.map(({ phase }) => phase) };
}

const mode = (name: string) => writeFileSync(join(folder, 'fake-panel-mode'), name);
const starts = () => readFileSync(join(folder, 'starts'), 'utf8').trim().split('\n').map(Number);
const until = (panel: EmbeddedPanel, phase: PanelStatus['phase']) =>
  vi.waitFor(() => expect(panel.status.phase).toBe(phase), { timeout: 20_000, interval: 10 });
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const originOf = (panel: EmbeddedPanel) => (panel.status.phase === 'ready' ? panel.status.origin : '');

it('is ready when the panel answers, and knows the set-up page', async () => {
  const { panel, phases } = newPanel();
  panel.start();
  await until(panel, 'ready');
  expect(phases()).toEqual(['starting', 'ready']);
  expect((await fetch(originOf(panel))).status).toBe(200);
  expect(await readLandingUrl(folder, originOf(panel))).toBe(`${originOf(panel)}/setup#one-time_CODE`);
});

it('ends the panel by its own shutdown and leaves no process', async () => {
  const { panel, phases } = newPanel();
  panel.start();
  await until(panel, 'ready');
  const pid = panel.pid as number;
  await panel.close();
  expect(isAlive(pid)).toBe(false);
  expect(readFileSync(join(folder, 'ended-cleanly'), 'utf8')).toBe(String(pid));
  expect(phases().at(-1)).toBe('stopped');
  expect(starts()).toEqual([pid]);
});

it('kills a panel that does not end in time', async () => {
  mode('stubborn');
  const { panel, phases } = newPanel({ timing: { stopLimitMs: 200 } });
  panel.start();
  await until(panel, 'ready');
  const pid = panel.pid as number;
  await panel.close();
  expect(isAlive(pid)).toBe(false);
  expect(existsSync(join(folder, 'ended-cleanly'))).toBe(false);
  expect(phases().at(-1)).toBe('stopped');
});

it('starts a killed panel again at the same address', async () => {
  const { panel, phases } = newPanel();
  panel.start();
  await until(panel, 'ready');
  const origin = originOf(panel);
  process.kill(panel.pid as number, 'SIGKILL');
  await vi.waitFor(() => expect(phases()).toEqual(['starting', 'ready', 'waiting', 'starting', 'ready']), {
    timeout: 20_000,
  });
  expect(originOf(panel)).toBe(origin);
  expect(new Set(starts()).size).toBe(2);
});

it('keeps its address from one start of the app to the next', async () => {
  const first = newPanel();
  first.panel.start();
  await until(first.panel, 'ready');
  const origin = originOf(first.panel);
  await first.panel.close();
  const second = newPanel();
  second.panel.start();
  await until(second.panel, 'ready');
  expect(originOf(second.panel)).toBe(origin);
});

it('takes another port when the last one is in use', async () => {
  const first = newPanel();
  first.panel.start();
  await until(first.panel, 'ready');
  const port = Number(new URL(originOf(first.panel)).port);
  await first.panel.close();
  const squatter = createServer().listen(port, '127.0.0.1');
  await vi.waitFor(() => expect((squatter.address() as AddressInfo).port).toBe(port));
  try {
    const second = newPanel();
    second.panel.start();
    await until(second.panel, 'ready');
    expect(originOf(second.panel)).not.toBe(originOf(first.panel));
    expect((await fetch(originOf(second.panel))).status).toBe(200);
  } finally {
    squatter.close();
  }
});

it('gives up after the last delay, says why, and starts again when asked', async () => {
  mode('crash');
  const { panel, seen, phases } = newPanel();
  panel.start();
  await until(panel, 'failed');
  expect(phases()).toEqual(['starting', 'waiting', 'starting', 'waiting', 'starting', 'failed']);
  expect(seen.filter((status) => status.phase === 'waiting').map((status) => status.retryInMs)).toEqual([
    10, 20,
  ]);
  expect(seen.map((status) => 'failure' in status && status.failure !== undefined)).toEqual([
    false,
    true,
    true,
    true,
    true,
    true,
  ]);
  expect(panel.status).toMatchObject({
    failure: {
      reason: 'The panel ended with exit code 3',
      lastLines: expect.stringContaining('The database is newer than this program'),
      logPath: log.path,
    },
  });
  mode('');
  panel.retry();
  await until(panel, 'ready');
  expect(seen.findLast((status) => status.phase === 'starting')).toMatchObject({ attempt: 1 });
});

it('counts a failure after a long good run as the first', async () => {
  const { panel, seen } = newPanel({ timing: { stableMs: 0, retryDelaysMs: [10] } });
  panel.start();
  for (let round = 1; round <= 3; round++) {
    await vi.waitFor(() => expect(seen.filter(({ phase }) => phase === 'ready')).toHaveLength(round), {
      timeout: 20_000,
    });
    process.kill(panel.pid as number, 'SIGKILL');
  }
  await vi.waitFor(() => expect(seen.filter(({ phase }) => phase === 'ready')).toHaveLength(4), {
    timeout: 20_000,
  });
  expect(seen.some(({ phase }) => phase === 'failed')).toBe(false);
});

it('does not wait out a pause when asked to retry or to close', async () => {
  mode('crash');
  const { panel } = newPanel({ timing: { retryDelaysMs: [3_600_000, 3_600_000] } });
  panel.start();
  await until(panel, 'waiting');
  mode('');
  panel.retry();
  await until(panel, 'ready');
  mode('crash');
  process.kill(panel.pid as number, 'SIGKILL');
  await until(panel, 'waiting');
  await panel.close();
  expect(panel.status.phase).toBe('stopped');
});

it.each(['mute', 'unhealthy'])('ends a panel that never gets ready (%s)', async (name) => {
  mode(name);
  const { panel } = newPanel({ timing: { readyLimitMs: 1000, retryDelaysMs: [] } });
  panel.start();
  await until(panel, 'failed');
  expect(panel.status).toMatchObject({ failure: { reason: 'The panel did not answer within 1 s' } });
  expect(starts().map(isAlive)).toEqual([false]);
});

it('does not take the port of an earlier panel for that of this one', async () => {
  const stranger = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await vi.waitFor(() => expect(stranger.address()).not.toBeNull());
  const { panel } = newPanel();
  panel.start();
  await until(panel, 'ready');
  await panel.close();
  const { port } = stranger.address() as AddressInfo;
  writeFileSync(join(folder, 'last-port'), `${port}\n`);
  writeFileSync(join(folder, 'run', 'port'), `${port}\n`);
  const next = newPanel();
  next.panel.start();
  await until(next.panel, 'ready');
  expect(originOf(next.panel)).not.toContain(`:${port}`);
  stranger.close();
});

it('says that its Node or its folder is missing', async () => {
  const { panel } = newPanel({ nodePath: join(folder, 'no-node'), timing: { retryDelaysMs: [] } });
  panel.start();
  await until(panel, 'failed');
  expect(panel.status).toMatchObject({
    failure: { reason: expect.stringMatching(/^The panel could not be started: .*ENOENT/) },
  });
});

it('can be closed while the panel is still starting', async () => {
  mode('mute');
  const { panel } = newPanel();
  panel.start();
  await vi.waitFor(() => expect(existsSync(join(folder, 'starts'))).toBe(true), { timeout: 20_000 });
  await panel.close();
  expect(starts().map(isAlive)).toEqual([false]);
});
