import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import { expect } from 'vitest';
import { AgentProcess } from './agent-process.ts';
import { FakePanel } from './fake-panel.ts';
import { fakeSpec } from './server-specs.ts';

/** Counts aloud, obeys `stop`, and answers everything else. */
export const counting = `
let count = 0;
const say = () => console.log('line ' + ++count);
process.stdin.on('data', (data) => {
  for (const command of String(data).trim().split('\\n')) {
    console.log('got ' + command);
    if (command === 'stop') process.exit(0);
    if (command === 'crash') process.abort();
  }
});
console.log('ready');
setInterval(say, 5);
`;

export const isLinuxRoot = process.platform === 'linux' && process.getuid?.() === 0;
export const node = (script: string) => [process.execPath, '-e', script];

export function gameSpec(script: string, changes: Partial<ServerSpec> = {}): ServerSpec {
  return { ...fakeSpec([]), runtime: 'process', argv: node(script), ...changes };
}

export async function started(environment: Record<string, string> = {}) {
  const panel = await FakePanel.open();
  const agent = await AgentProcess.start(panel.pairing(), environment);
  await panel.connected().catch((error: Error) => {
    throw new Error(`${error.message}; it said:\n${agent.output}`);
  });
  return { panel, agent };
}

export async function killAndRestart(panel: FakePanel, agent: AgentProcess) {
  const before = panel.reports('node_snapshot').length;
  await agent.end('SIGKILL');
  agent.start();
  await panel.connected(before);
}

export async function texts(
  panel: FakePanel,
  serverId: string,
  stream?: 'stdout' | 'system' | 'install',
): Promise<string[]> {
  const all: string[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: { lines: { text: string }[]; nextSeq: number | null } = await panel.call('console:read', {
      serverId,
      after,
      limit: 1000,
      ...(stream && { stream }),
    });
    all.push(...page.lines.map(({ text }) => text));
    after = page.nextSeq;
  }
  return all;
}

export async function pidOf(panel: FakePanel, agent: AgentProcess, serverId: string): Promise<number> {
  await killAndRestart(panel, agent);
  const pid = panel.snapshot?.find((server) => server.serverId === serverId)?.pid;
  expect(pid).toBeGreaterThan(1);
  return pid as number;
}

export function runFolder(agent: AgentProcess, serverId: string): string {
  const record = JSON.parse(readFileSync(join(agent.folder.state, `server-${serverId}.json`), 'utf8'));
  return join(agent.folder.run, serverId, record.run.startId);
}
