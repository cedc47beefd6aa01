import { writeFileSync } from 'node:fs';
import type { LinkState } from '@catalyst/shared/features/agent-link';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import { expect, onTestFinished, vi } from 'vitest';
import { type Agent, type AgentOptions, startAgent } from '../agent.ts';
import { DataFolder, prepareDataFolder } from '../data-folder.ts';
import { createLogger } from '../logger.ts';
import { FakeRuntime } from '../runtimes/fake-runtime.ts';
import type { FakePanel } from './fake-panel.ts';
import { newId } from './ids.ts';
import { temporaryFolder } from './temporary-folder.ts';

interface TestAgentOptions extends Partial<Pick<AgentOptions, 'link' | 'session' | 'runtimes'>> {
  dataDir?: string;
  statsPort?: number;
}

interface TestAgent extends Agent {
  readonly folder: DataFolder;
  readonly dataDir: string;
  readonly logged: Record<string, unknown>[];
}

/** A whole agent in this process, with the fake runtime and short waits. */
export async function testAgent(link: LinkState | null, options: TestAgentOptions = {}): Promise<TestAgent> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const folder = new DataFolder(dataDir);
  await prepareDataFolder(folder);
  if (link) writeFileSync(folder.link, JSON.stringify(link), { mode: 0o600 });
  const logged: Record<string, unknown>[] = [];
  const agent = await startAgent({
    config: {
      dataDir,
      statsPort: options.statsPort ?? 0,
      logLevel: 'debug',
      containerdSocket: null,
      registryNetworks: [],
      hostEnvironment: process.env,
    },
    log: createLogger('debug', (line) => void logged.push(JSON.parse(line))),
    runtimes: options.runtimes ?? (() => [new FakeRuntime({ runRoot: folder.run })]),
    session: { healthIntervalMs: 200, statsIntervalMs: 100, ...options.session },
    link: {
      times: { firstMs: 5, maxMs: 50, refusedMs: 200, ...options.link?.times },
      connect: { timeoutMs: 3000, ...options.link?.connect },
    },
  });
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await agent.close();
  };
  onTestFinished(close);
  return {
    supervisor: agent.supervisor,
    link: agent.link,
    statsPort: agent.statsPort,
    folder,
    dataDir,
    logged,
    close,
  };
}

/** Gives an order through the panel. */
export async function order(
  panel: FakePanel,
  serverId: string,
  action: 'start' | 'stop' | 'restart' | 'kill' | 'install' | 'remove',
  operationId = newId(),
): Promise<string> {
  await panel.call('server_control', { operationId, serverId, action, deadlineMs: 60_000 });
  return operationId;
}

/** Waits until the panel has heard how an operation ended. */
export async function finished(
  panel: FakePanel,
  operationId: string,
): Promise<{ code: string; message: string } | null> {
  return vi.waitFor(
    () => {
      const end = panel.reports('operation:finished').find((report) => report.operationId === operationId);
      expect(end, `the end of operation ${operationId}`).toBeDefined();
      return (end as NonNullable<typeof end>).error;
    },
    { timeout: 20_000, interval: 5 },
  );
}

/** Applies, installs and starts a server through the panel. */
export async function runServer(panel: FakePanel, spec: ServerSpec): Promise<string> {
  await panel.call('server:apply', { spec });
  for (const action of ['install', 'start'] as const) {
    expect(await finished(panel, await order(panel, spec.serverId, action))).toBeNull();
  }
  return spec.serverId;
}
