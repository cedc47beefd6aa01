import { rmSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { FakeRuntime } from '../runtimes/fake-runtime.ts';
import { FakePanel } from '../testing/fake-panel.ts';
import { newId } from '../testing/ids.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { finished, order, runServer, testAgent } from '../testing/test-agent.ts';

async function linked() {
  const panel = await FakePanel.open();
  const agent = await testAgent(panel.pairing());
  await panel.connected();
  return { panel, agent };
}

describe('reports', () => {
  it('tell every state of a server in order, and how each operation ended', async () => {
    const { panel } = await linked();
    const spec = fakeSpec(['say ready']);
    const id = await runServer(panel, spec);
    expect(await finished(panel, await order(panel, id, 'stop'))).toBeNull();
    const reports = panel.reports('server_state_update');
    expect(reports.map(({ report }) => report.state)).toEqual([
      'installing',
      'stopped',
      'starting',
      'running',
      'stopping',
      'stopped',
    ]);
    const ids = reports.map(({ eventId }) => eventId);
    expect(ids).toEqual([...ids].sort((one, other) => one - other));
  });

  it('of a start that fails carry the reason', async () => {
    const { panel } = await linked();
    const spec = fakeSpec(['exit 7']);
    await panel.call('server:apply', { spec });
    await finished(panel, await order(panel, spec.serverId, 'install'));
    const error = await finished(panel, await order(panel, spec.serverId, 'start'));
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(panel.reports('server_state_update').at(-1)?.report).toMatchObject({
      state: 'crashed',
      reason: 'exit_code',
      exitCode: 7,
      crashCount: 1,
    });
  });

  it('that were not acknowledged come again after a cut, with greater numbers than before', async () => {
    const { panel, agent } = await linked();
    const spec = fakeSpec(['say ready']);
    const id = await runServer(panel, spec);
    const lastEventId = panel.reports('server_state_update').at(-1)?.eventId ?? 0;
    // The network fails with the answer under way: the operation ends while nobody listens.
    panel.onTold = ({ name }) => {
      if (name !== 'node_snapshot') panel.cut();
    };
    const stop = newId();
    const answer = panel.call('server_control', {
      operationId: stop,
      serverId: id,
      action: 'stop',
      deadlineMs: 60_000,
    });
    // Its answer may be lost with the connection; its end is told all the same.
    await answer.catch(() => {});
    await vi.waitFor(() => expect(agent.supervisor.get(id).snapshot().state).toBe('stopped'));
    await vi.waitFor(() => expect(panel.reports('node_snapshot').length).toBeGreaterThan(2));
    panel.onTold = () => {};
    expect(await finished(panel, stop)).toBeNull();
    expect(panel.snapshot).toMatchObject([{ serverId: id, state: 'stopped', revision: 1 }]);
    expect(panel.snapshot?.[0]?.lastEventId).toBeGreaterThan(lastEventId);
    await vi.waitFor(() => expect(agent.supervisor.unreportedOperations()).toEqual([]));
  });

  it('have numbers that grow over restarts of the agent', async () => {
    const { panel, agent } = await linked();
    const runtime = new FakeRuntime({ runRoot: agent.folder.run });
    const id = await runServer(panel, fakeSpec(['say ready']));
    const before = panel.snapshot ?? panel.reports('node_snapshot').at(-1)?.servers;
    expect(before).toEqual([]);
    const last = panel.reports('server_state_update').at(-1)?.eventId ?? 0;
    await agent.close();
    const later = await testAgent(null, { dataDir: agent.dataDir, runtimes: () => [runtime] });
    await panel.connected(1);
    await finished(panel, await order(panel, id, 'start').catch(() => order(panel, id, 'install')));
    expect(panel.reports('server_state_update').at(-1)?.eventId).toBeGreaterThan(last);
    expect(later.link.isConnected).toBe(true);
  });

  it('are not repeated for ever when the panel refuses one', async () => {
    const { panel, agent } = await linked();
    panel.onTold = async ({ name }) => {
      const { AppError } = await import('@catalyst/shared/contract/errors');
      if (name === 'operation:finished') throw new AppError('not_found', 'No such operation');
    };
    const spec = fakeSpec(['say ready']);
    await panel.call('server:apply', { spec });
    await order(panel, spec.serverId, 'install');
    await vi.waitFor(() => expect(agent.supervisor.get(spec.serverId).operations.unreported).toEqual([]));
    expect(panel.reports('node_snapshot')).toHaveLength(1);
  });

  it('of the machine and of what servers use come by themselves', async () => {
    const { panel } = await linked();
    const id = await runServer(panel, fakeSpec(['say ready']));
    await vi.waitFor(() =>
      expect(panel.events('resource_stats').at(-1)?.stats).toMatchObject([{ serverId: id }]),
    );
    await vi.waitFor(() => expect(panel.events('health_report').at(-1)).toMatchObject({ containerCount: 1 }));
    const health = panel.events('health_report').at(-1);
    expect(health?.memoryUsageMb).toBeGreaterThan(0);
    expect(health?.memoryTotalMb).toBeGreaterThan(health?.memoryUsageMb as number);
    expect(health?.runtimes).toMatchObject([{ name: 'fake' }]);
  });
});

describe('calls of the panel', () => {
  it('are answered with a reason when they cannot be done', async () => {
    const { panel } = await linked();
    const serverId = newId();
    const control = { operationId: newId(), serverId, action: 'start' as const, deadlineMs: 60_000 };
    await expect(panel.call('server_control', control)).rejects.toMatchObject({ code: 'not_found' });
    await expect(panel.call('console:read', { serverId, limit: 1 })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(
      panel.call('server_control', { ...control, action: 'explode' as 'start' }),
    ).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('give commands to the game once, whatever is lost', async () => {
    const { panel } = await linked();
    const id = await runServer(panel, fakeSpec(['say ready']));
    const operationId = newId();
    const { seq } = await panel.call('console_input', { serverId: id, data: 'say hi', operationId });
    panel.cut();
    await panel.connected(1);
    expect(await panel.call('console_input', { serverId: id, data: 'say hi', operationId })).toEqual({ seq });
    await vi.waitFor(async () => {
      const { lines } = await panel.call('console:read', { serverId: id, limit: 100 });
      expect(lines.filter(({ text }) => text === 'hi')).toHaveLength(1);
    });
  });

  it('find taken ports', async () => {
    const { panel } = await linked();
    const ports = [{ ip: '127.0.0.1', port: panel.port, protocol: 'tcp' as const }];
    const { taken } = await panel.call('ports:check', { ports });
    expect(taken).toMatchObject([
      { port: panel.port, protocol: 'tcp', holder: expect.stringContaining(`${process.pid}`) },
    ]);
  });
});

describe('a watched console', () => {
  it('is sent as it comes, and no longer when nobody watches', async () => {
    const { panel } = await linked();
    const id = await runServer(panel, fakeSpec(['say ready']));
    const { lastSeq } = await panel.call('console:watch', { serverId: id, watch: true });
    await panel.call('console_input', { serverId: id, data: 'say one', operationId: newId() });
    await vi.waitFor(() => expect(live(panel).at(-1)).toMatchObject({ text: 'one', stream: 'stdout' }));
    expect(live(panel).map(({ seq }) => seq)).toEqual([lastSeq + 1, lastSeq + 2]);
    await panel.call('console:watch', { serverId: id, watch: false });
    const count = live(panel).length;
    await panel.call('console_input', { serverId: id, data: 'say two', operationId: newId() });
    await vi.waitFor(async () => {
      const { lines } = await panel.call('console:read', { serverId: id, limit: 10 });
      expect(lines.at(-1)?.text).toBe('two');
    });
    expect(live(panel)).toHaveLength(count);
  });

  it('stays prompt while another one floods, and the flood is told as dropped', async () => {
    const { panel } = await linked();
    const loud = await runServer(panel, fakeSpec(['say ready']));
    const quiet = await runServer(panel, fakeSpec(['say ready']));
    await panel.call('console:watch', { serverId: quiet, watch: true });
    const { lastSeq: watchedFrom } = await panel.call('console:watch', { serverId: loud, watch: true });
    await panel.call('console_input', { serverId: loud, data: 'flood 200000', operationId: newId() });
    for (let round = 0; round < 10; round++) {
      await panel.call('console_input', { serverId: quiet, data: `say ${round}`, operationId: newId() });
      await vi.waitFor(() => expect(live(panel, quiet).at(-1)?.text).toBe(`${round}`), {
        timeout: 500,
        interval: 2,
      });
    }
    await vi.waitFor(
      async () => {
        const { lines } = await panel.call('console:read', { serverId: loud, limit: 1 });
        expect(lines[0]?.text).toContain('flood 200000 ');
      },
      { timeout: 20_000 },
    );
    await vi.waitFor(() => expect(live(panel, loud).at(-1)?.text).toContain('flood 200000 '));
    const seqs = live(panel, loud).map(({ seq }) => seq);
    // All that came and all that is told as dropped are, together, everything.
    expect(seqs.length + missing(panel, loud)).toBe((seqs.at(-1) as number) - watchedFrom);
    expect(missing(panel, loud)).toBeGreaterThan(100_000);
  });

  it('never waits in memory for a panel that does not read; what was left out is told', async () => {
    const { panel, agent } = await linked();
    const id = await runServer(panel, fakeSpec(['say ready']));
    const { lastSeq: watchedFrom } = await panel.call('console:watch', { serverId: id, watch: true });
    const before = process.memoryUsage().rss;
    panel.pauseReading();
    const server = agent.supervisor.get(id);
    for (let round = 0; round < 40; round++) await server.input(newId(), 'flood 5000');
    await server.input(newId(), 'say the end');
    await vi.waitFor(
      async () => {
        const { lines } = await server.parts.console.read({ limit: 1, stream: 'stdout' });
        expect(lines[0]?.text).toBe('the end');
      },
      { timeout: 20_000 },
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    panel.resumeReading();
    await vi.waitFor(
      () => {
        const told = live(panel, id).length + missing(panel, id);
        expect(told).toBe(server.parts.console.lastSeq - watchedFrom);
      },
      { timeout: 20_000 },
    );
  });

  it('is read in pages that fit into one message', async () => {
    const { panel } = await linked();
    const id = await runServer(panel, fakeSpec(['say ready']));
    const long = `say ${'\\"'.repeat(2000)}`;
    for (let index = 0; index < 300; index++) {
      await panel.call('console_input', { serverId: id, data: long, operationId: newId() });
    }
    let lines = 0;
    let pages = 0;
    for (let after: number | null = 0; after !== null; pages++) {
      const page: Page = await panel.call('console:read', { serverId: id, after, limit: 1000 });
      lines += page.lines.length;
      after = page.nextSeq;
    }
    expect(lines).toBeGreaterThanOrEqual(600);
    expect(pages).toBeGreaterThan(3);
    const backwards = await panel.call('console:read', { serverId: id, limit: 1000 });
    expect(backwards.lines.at(-1)?.seq).toBe(backwards.lastSeq);
    expect(backwards.nextSeq).toBe(backwards.lines[0]?.seq);
    expect(panel.isConnected).toBe(true);
  });

  it('is exported over the data plane', async () => {
    const { panel } = await linked();
    const id = await runServer(panel, fakeSpec(['say one', 'say two', 'say ready']));
    const ticket = 'a'.repeat(43);
    await panel.call('console:export', { serverId: id, ticket });
    await vi.waitFor(() => expect(panel.uploads.get(ticket)).toContain('two'));
    expect(panel.uploads.get(ticket)?.split('\n').filter(Boolean)).toHaveLength(3);
  });
});

describe('a lost data folder', () => {
  it('shows as servers that are missing, not as empty ones', async () => {
    const { panel, agent } = await linked();
    const id = await runServer(panel, fakeSpec(['say ready']));
    expect(await finished(panel, await order(panel, id, 'stop'))).toBeNull();
    rmSync(agent.folder.server(id), { recursive: true });
    expect(await finished(panel, await order(panel, id, 'start'))).toMatchObject({ code: 'unavailable' });
    expect(panel.reports('server_state_update').at(-1)?.report).toMatchObject({
      state: 'error',
      reason: 'data_missing',
    });
  });
});

interface Page {
  lines: unknown[];
  nextSeq: number | null;
}

function live(panel: FakePanel, serverId?: string) {
  return panel
    .events('server_log')
    .filter((batch) => serverId === undefined || batch.serverId === serverId)
    .flatMap(({ lines }) => lines);
}

function missing(panel: FakePanel, serverId: string): number {
  const dropped = panel.events('console:dropped').filter((range) => range.serverId === serverId);
  return dropped.reduce((sum, { fromSeq, toSeq }) => sum + toSeq - fromSeq + 1, 0);
}
