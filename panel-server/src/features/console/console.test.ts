import { AppError } from '@catalyst/shared/contract/errors';
import type { Server } from '@catalyst/shared/features/servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { TcpProxy } from '../../testing/tcp-proxy.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer, runningServer } from '../../testing/test-servers.ts';
import { TestSocket } from '../../testing/test-socket.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error) => error.code,
  );

describe.each(testDatabases)('a console on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  let server: Server;

  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel);
    server = await runningServer(panel.admin, agent, { name: '../"évil"\r\nname'.replace(/[\r\n]/g, ' ') });
  });
  afterAll(() => panel.close());

  const params = () => ({ id: server.id });
  const numbers = (lines: { seq: number }[]) => lines.map(({ seq }) => seq);

  describe('its history', () => {
    let id: string;
    beforeAll(async () => {
      id = (await runningServer(panel.admin, agent)).id;
      agent.print(id, ...Array.from({ length: 25 }, (_, index) => `line ${index + 1}`));
      agent
        .server(id)
        .lines.push({ seq: 26, at: Date.now(), stream: 'stderr', text: 'Oh \u001b]0;x\u0007no' });
    });

    it('comes in pages from the end back, and from a number on', async () => {
      const logs = (query: object) => panel.admin.api.console.logs({ params: { id }, query });
      const end = await logs({ limit: 10 });
      expect(numbers(end.items)).toEqual([17, 18, 19, 20, 21, 22, 23, 24, 25, 26]);
      expect(end).toMatchObject({ firstSeq: 1, lastSeq: 26 });
      const before = await logs({ limit: 10, cursor: end.nextCursor ?? '' });
      expect(numbers(before.items)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
      const start = await logs({ limit: 10, cursor: before.nextCursor ?? '' });
      expect(numbers(start.items)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(start.nextCursor).toBeNull();
      const after = await logs({ after: 20, limit: 4 });
      expect(numbers(after.items)).toEqual([21, 22, 23, 24]);
      const rest = await logs({ limit: 4, cursor: after.nextCursor ?? '' });
      expect(numbers(rest.items)).toEqual([25, 26]);
      expect(rest.nextCursor).toBeNull();
    });

    it('can be filtered and searched, and holds nothing a terminal would act on', async () => {
      const logs = (query: object) => panel.admin.api.console.logs({ params: { id }, query });
      expect(numbers((await logs({ q: 'LINE 2' })).items)).toEqual([2, 20, 21, 22, 23, 24, 25]);
      expect((await logs({ stream: 'stderr' })).items.map(({ text }) => text)).toEqual(['Oh ]0;xno']);
    });

    it.each([
      { limit: 1001 },
      { limit: 0 },
      { stream: 'x' },
      { cursor: 'x' },
      { q: 'a\0' },
      { after: -1 },
      { nope: 1 },
    ])('is not asked for with %j', async (query) => {
      expect(await code(panel.admin.api.console.logs({ params: { id }, query: query as never }))).toBe(
        'invalid_input',
      );
    });

    it('has a time for each line, whatever the agent says', async () => {
      for (const at of [1e308, -1, 8.64e15 + 1]) {
        agent.answer('console:read', () => ({
          lines: [{ seq: 1, at, stream: 'stdout', text: 'x' }],
          firstSeq: 1,
          lastSeq: 1,
          nextSeq: null,
        }));
        const [line] = (await panel.admin.api.console.logs({ params: { id } })).items;
        expect(Math.abs((line?.at.getTime() ?? 0) - Date.now())).toBeLessThan(10_000);
      }
      agent.answer('console:read', undefined);
    });

    it.each([{ lines: [{ seq: -1 }], firstSeq: 1, lastSeq: 1, nextSeq: null }, { lines: 'x' }, 'x', null])(
      'that the agent answers in no known shape is not the fault of who asks: %j',
      async (answer) => {
        agent.answer('console:read', () => answer);
        await expect(panel.admin.api.console.logs({ params: { id } })).rejects.toMatchObject({
          code: 'unavailable',
          message: 'The node answered something that the panel does not understand',
          issues: undefined,
        });
        agent.answer('console:read', undefined);
      },
    );

    it('is not there while the node is offline, and says so at once', async () => {
      const away = await FakeAgent.linked(panel, 'away');
      const gone = await runningServer(panel.admin, away);
      away.disconnect();
      await vi.waitFor(() => expect(panel.panel.core.agents.isOnline(away.nodeId)).toBe(false));
      const { api, token } = panel.admin;
      expect(await code(api.console.logs({ params: { id: gone.id } }))).toBe('node_offline');
      expect(await code(api.console.download({ params: { id: gone.id } }))).toBe('node_offline');
      expect(await code(api.console.command({ params: { id: gone.id }, body: { command: 'x' } }))).toBe(
        'node_offline',
      );
      const socket = await TestSocket.connected(panel.url, token);
      expect(await code(socket.call('console:subscribe', { serverId: gone.id }))).toBe('node_offline');
      socket.close();
    });
  });

  describe('a command', () => {
    it('reaches the game as one line and answers the number of its echo', async () => {
      const { seq } = await panel.admin.api.console.command({
        params: params(),
        body: { command: 'say $(id) "x"' },
      });
      expect(agent.server(server.id).lines.at(-1)).toMatchObject({ seq, text: '> say $(id) "x"' });
      expect(agent.commands.at(-1)).toMatchObject({ data: 'say $(id) "x"' });
    });

    it('answers the lines that followed within the wait, and none before', async () => {
      agent.print(server.id, 'before');
      agent.answer('console_input', ({ serverId, data }) => {
        agent.print(serverId, `> ${data}`);
        const seq = agent.server(serverId).lines.length;
        setTimeout(() => agent.print(serverId, 'There are 2 players'), 20);
        setTimeout(() => agent.print(serverId, 'ann, bob'), 40);
        return { seq };
      });
      const { seq, lines } = await panel.admin.api.console.command({
        params: params(),
        body: { command: 'list', waitMs: 400 },
      });
      agent.answer('console_input', undefined);
      expect(lines?.map(({ text }) => text)).toEqual(['There are 2 players', 'ann, bob']);
      expect(lines?.[0]?.seq).toBe(seq + 1);
      expect(agent.server(server.id).isWatched).toBe(false);
    });

    it('is answered to those only who may read the console', async () => {
      const client = await panel.createUser(
        `writer-${database}`,
        await roleWith(panel, ['server.read', 'console.write']),
      );
      const send = (body: { command: string; waitMs?: number }) =>
        code(client.api.console.command({ params: params(), body }));
      expect(await send({ command: 'list' })).toBe('ok');
      const before = agent.commands.length;
      expect(await send({ command: 'list', waitMs: 100 })).toBe('forbidden');
      expect(await send({ command: 'list', waitMs: 0 })).toBe('forbidden');
      expect(agent.commands).toHaveLength(before);
    });

    it.each(['', 'two\nlines', 'cr\rlf', 'nul\0', '\u001b[A', 'x'.repeat(4097), '\ud800', 'a\u2028b'])(
      'that is not one line is refused: %j',
      async (command) => {
        expect(await code(panel.admin.api.console.command({ params: params(), body: { command } }))).toBe(
          'invalid_input',
        );
      },
    );

    it('to a server that is down is refused as such', async () => {
      const { id } = await installedServer(panel.admin, agent);
      expect(await code(panel.admin.api.console.command({ params: { id }, body: { command: 'x' } }))).toBe(
        'not_running',
      );
      agent.answer('console_input', () => {
        throw new AppError('not_running', 'It has closed its input');
      });
      expect(await code(panel.admin.api.console.command({ params: params(), body: { command: 'x' } }))).toBe(
        'not_running',
      );
      agent.answer('console_input', undefined);
    });

    it.runIf(database === 'sqlite')(
      'that nobody answers is given up after ten seconds, and was the same one each time (skipped but on SQLite: it is slow, and the database has no part in it)',
      { timeout: 15_000 },
      async () => {
        const ids: (string | undefined)[] = [];
        agent.answer('console_input', ({ operationId }) => {
          ids.push(operationId);
          return new Promise(() => {});
        });
        const sentAt = performance.now();
        expect(
          await code(panel.admin.api.console.command({ params: params(), body: { command: 'x' } })),
        ).toBe('timeout');
        const tookMs = performance.now() - sentAt;
        agent.answer('console_input', undefined);
        expect(tookMs).toBeGreaterThan(9900);
        expect(tookMs).toBeLessThan(11_500);
        expect(ids).toHaveLength(2);
        expect(ids[0]).toBe(ids[1]);
      },
    );

    it('is audited with its text, by either door', async () => {
      await panel.admin.api.console.command({ params: params(), body: { command: 'op by-rest' } });
      const socket = await TestSocket.connected(panel.url, panel.admin.token);
      const { seq } = await socket.call('console_input', { serverId: server.id, data: 'op by-socket' });
      expect(agent.server(server.id).lines[seq - 1]?.text).toBe('> op by-socket');
      const entries = await panel.panel.core.database
        .getRepository(AuditEntryEntity)
        .findBy({ action: 'console.command', targetId: server.id });
      const said = JSON.stringify(entries.slice(-2));
      expect(said).toContain('op by-rest');
      expect(said).toContain('op by-socket');
      expect(entries.at(-1)).toMatchObject({ actorName: 'admin', outcome: 'success', ip: '127.0.0.1' });
      socket.close();
    });

    it('comes at most ten times a second from one person', async () => {
      const someone = await panel.createUser(`typist-${database}`, 'administrator');
      const results = await Promise.all(
        Array.from({ length: 30 }, () =>
          code(someone.api.console.command({ params: params(), body: { command: 'x' } })),
        ),
      );
      const passed = results.filter((result) => result === 'ok').length;
      expect(passed).toBeGreaterThanOrEqual(10);
      expect(passed).toBeLessThan(20);
      expect(results.filter((result) => result === 'rate_limited')).toHaveLength(30 - passed);
    });
  });

  describe('a download', () => {
    it('is the whole history as a text file with a harmless name', async () => {
      const response = await panel.admin.api.console.download({ params: params() });
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('content-disposition')).toMatch(
        /^attachment; filename="[A-Za-z0-9._-]+\.log"$/,
      );
      expect(await response.text()).toBe(
        agent
          .server(server.id)
          .lines.map(({ text }) => `${text}\n`)
          .join(''),
      );
    });

    it('flows no faster than it is read', async () => {
      let sent = 0;
      let wasSlowed = false;
      agent.answer('console:export', ({ ticket }) => {
        const chunk = Buffer.alloc(256 * 1024, 'x');
        const body = new ReadableStream({
          pull(controller) {
            sent += chunk.length;
            if (sent > 200 * chunk.length) controller.close();
            else controller.enqueue(chunk);
          },
        });
        void fetch(`${panel.url}/api/data/${ticket}`, {
          method: 'POST',
          body,
          duplex: 'half',
        } as RequestInit);
        return {};
      });
      const response = await panel.admin.api.console.download({ params: params() });
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      // Once the buffers on the way are full, nothing moves until somebody reads.
      let before = -1;
      await vi.waitFor(
        () => {
          const isStill = sent === before;
          before = sent;
          expect(isStill).toBe(true);
        },
        { interval: 100, timeout: 5000 },
      );
      wasSlowed = sent < 200 * 256 * 1024;
      let received = 0;
      for (let part = await reader.read(); !part.done; part = await reader.read())
        received += part.value.length;
      expect(wasSlowed).toBe(true);
      expect(received).toBeGreaterThan(190 * 256 * 1024);
      agent.answer('console:export', undefined);
    });

    it('that the reader gives up ends the stream of the agent', async () => {
      let ended: unknown;
      agent.answer('console:export', ({ ticket }) => {
        const body = new ReadableStream({
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            controller.enqueue(Buffer.alloc(1024, 'x'));
          },
          cancel: (reason) => {
            ended = reason ?? 'cancelled';
          },
        });
        fetch(`${panel.url}/api/data/${ticket}`, {
          method: 'POST',
          body,
          duplex: 'half',
        } as RequestInit).catch((error) => {
          ended = error;
        });
        return {};
      });
      const abort = new AbortController();
      const response = await panel.admin.api.console.download({ params: params(), signal: abort.signal });
      await response.body?.getReader().read();
      abort.abort();
      await vi.waitFor(() => expect(ended).toBeDefined());
      agent.answer('console:export', undefined);
    });

    it('ends when the one who reads it loses the right to', async () => {
      const reader = await panel.createUser(`reader-${database}`, 'administrator');
      agent.answer('console:export', ({ ticket }) => {
        const body = new ReadableStream({
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            controller.enqueue(Buffer.alloc(1024, 'x'));
          },
        });
        fetch(`${panel.url}/api/data/${ticket}`, {
          method: 'POST',
          body,
          duplex: 'half',
        } as RequestInit).catch(() => {});
        return {};
      });
      const response = await reader.api.console.download({ params: params() });
      const cut = expect(response.text()).rejects.toThrow();
      await reader.api.sessions.logout();
      await cut;
      agent.answer('console:export', undefined);
    });

    it('that the agent breaks off does not look complete', async () => {
      agent.answer('console:export', ({ ticket }) => {
        let chunks = 0;
        const body = new ReadableStream({
          pull(controller) {
            chunks += 1;
            if (chunks > 3) controller.error(new Error('disk'));
            else controller.enqueue(Buffer.alloc(1024, 'x'));
          },
        });
        fetch(`${panel.url}/api/data/${ticket}`, {
          method: 'POST',
          body,
          duplex: 'half',
        } as RequestInit).catch(() => {});
        return {};
      });
      const response = await panel.admin.api.console.download({ params: params() });
      await expect(response.text()).rejects.toThrow();
      agent.answer('console:export', undefined);
    });

    it('that the agent refuses is answered with its reason', async () => {
      agent.answer('console:export', () => {
        throw new AppError('disk_full', 'The disk of the node is full');
      });
      expect(await code(panel.admin.api.console.download({ params: params() }))).toBe('disk_full');
      agent.answer('console:export', undefined);
    });

    it('takes a ticket once, and no other', async () => {
      const tickets: string[] = [];
      agent.answer('console:export', ({ ticket }) => {
        tickets.push(ticket);
        return fetch(`${panel.url}/api/data/${ticket}`, { method: 'POST', body: 'all' }).then(() => ({}));
      });
      const response = await panel.admin.api.console.download({ params: params() });
      expect(await response.text()).toBe('all');
      agent.answer('console:export', undefined);
      const post = async (ticket: string) =>
        (await fetch(`${panel.url}/api/data/${ticket}`, { method: 'POST', body: 'forged' })).status;
      expect(await post(tickets[0] as string)).toBe(404);
      expect(await post('x'.repeat(43))).toBe(404);
      expect(await post('short')).toBe(404);
      expect(panel.logText()).not.toContain(tickets[0]);
    });
  });
});

describe('following a console', () => {
  let panel: TestPanel;
  let agent: FakeAgent;

  beforeAll(async () => {
    panel = await testPanel();
    agent = await FakeAgent.linked(panel);
  });
  afterAll(() => panel.close());

  const numbersOf = (events: { lines: { seq: number }[] }[]) =>
    events.flatMap(({ lines }) => lines.map(({ seq }) => seq));

  it('shows the last lines, then the new ones, once each', async () => {
    const { id } = await runningServer(panel.admin, agent);
    agent.print(id, 'one', 'two');
    const socket = await TestSocket.connected(panel.url, panel.admin.token);
    const logs = socket.collect('server_log');
    expect(await socket.call('console:subscribe', { serverId: id })).toEqual({ firstSeq: 1, lastSeq: 2 });
    await vi.waitFor(() => expect(numbersOf(logs)).toEqual([1, 2]));
    agent.print(id, 'three');
    await vi.waitFor(() => expect(numbersOf(logs)).toEqual([1, 2, 3]));
    expect(logs.at(-1)).toMatchObject({ serverId: id, lines: [{ seq: 3, stream: 'stdout', text: 'three' }] });
    expect(logs.at(-1)?.lines[0]?.at).toBeInstanceOf(Date);
    await socket.call('console:unsubscribe', { serverId: id });
    await vi.waitFor(() => expect(agent.server(id).isWatched).toBe(false));
    agent.print(id, 'unseen');
    expect(await socket.call('console:subscribe', { serverId: id, afterSeq: 3 })).toEqual({
      firstSeq: 4,
      lastSeq: 4,
    });
    await vi.waitFor(() => expect(numbersOf(logs)).toEqual([1, 2, 3, 4]));
    expect(socket.invalid).toEqual([]);
    socket.close();
  });

  it('goes on after the viewer was cut off, with no line missing or twice', async () => {
    await using proxy = await TcpProxy.open(panel.port);
    const { id } = await runningServer(panel.admin, agent);
    const seen: number[] = [];
    const printing = setInterval(() => agent.print(id, 'a', 'b', 'c'), 2);
    for (let round = 0; round < 8; round += 1) {
      const socket = await TestSocket.connected(proxy.url, panel.admin.token);
      socket.on({ server_log: ({ lines }) => seen.push(...lines.map(({ seq }) => seq)) });
      await socket.call('console:subscribe', { serverId: id, afterSeq: seen.at(-1) ?? 0 });
      const wanted = seen.length + 30;
      await vi.waitFor(() => expect(seen.length).toBeGreaterThan(wanted), { timeout: 5000 });
      proxy.cut();
      await vi.waitFor(() => expect(socket.socket.connected).toBe(false));
    }
    clearInterval(printing);
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => index + 1));
  });

  it('goes on after the agent was cut off, with no line missing or twice', async () => {
    await using proxy = await TcpProxy.open(panel.port);
    const cuttable = await FakeAgent.linked(panel, 'cuttable');
    const { id } = await runningServer(panel.admin, cuttable);
    cuttable.disconnect();
    cuttable.link.panelUrl = proxy.url;
    await vi.waitFor(() => expect(panel.panel.core.agents.isOnline(cuttable.nodeId)).toBe(false));
    await cuttable.connect();
    const socket = await TestSocket.connected(panel.url, panel.admin.token);
    const logs = socket.collect('server_log');
    await socket.call('console:subscribe', { serverId: id });
    const printing = setInterval(() => cuttable.print(id, 'a', 'b', 'c'), 2);
    for (let round = 0; round < 6; round += 1) {
      const wanted = numbersOf(logs).length + 30;
      await vi.waitFor(() => expect(numbersOf(logs).length).toBeGreaterThan(wanted), { timeout: 5000 });
      proxy.cut();
      await vi.waitFor(() => expect(panel.panel.core.agents.isOnline(cuttable.nodeId)).toBe(false));
      await cuttable.connect();
    }
    clearInterval(printing);
    const last = cuttable.server(id).lines.length;
    await vi.waitFor(() => expect(numbersOf(logs).at(-1)).toBe(last));
    expect(numbersOf(logs)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    socket.close();
    cuttable.disconnect();
  });

  it('skips viewers whose network stands still, in bounded memory, and tells them when it moves again', async () => {
    const { id } = await runningServer(panel.admin, agent);
    const proxy = await TcpProxy.open(panel.port);
    const stalled = await Promise.all(
      Array.from({ length: 10 }, () => TestSocket.connected(proxy.url, panel.admin.token)),
    );
    const quick = await TestSocket.connected(panel.url, panel.admin.token);
    const covered = [...stalled, quick].map((socket) => {
      const ranges: [number, number][] = [];
      socket.on({
        server_log: ({ lines }) => ranges.push(...lines.map(({ seq }): [number, number] => [seq, seq])),
        'console:dropped': ({ fromSeq, toSeq }) => ranges.push([fromSeq, toSeq]),
      });
      return ranges;
    });
    for (const socket of [...stalled, quick]) await socket.call('console:subscribe', { serverId: id });
    agent.print(id, 'ready');
    await vi.waitFor(() => expect(covered.every((ranges) => ranges.length === 1)).toBe(true));
    proxy.silence();
    const text = 'x'.repeat(4000);
    const quickRanges = covered.at(-1) as [number, number][];
    // About 30 MB for each viewer: far more than the kernel takes in for them, and less than an agent may send at once.
    for (let batch = 0; batch < 150; batch += 1) {
      agent.print(id, ...Array(50).fill(text));
      const last = agent.server(id).lines.length;
      await vi.waitFor(() => expect(quickRanges.at(-1)?.[1]).toBe(last), { timeout: 5000, interval: 1 });
    }
    const { sockets } = panel.panel.core.io.of('/');
    const waitingBytes = [...sockets.values()].map(({ conn }) => {
      const { writeBuffer } = conn as unknown as { writeBuffer: { data?: string }[] };
      return writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
    });
    expect(Math.max(...waitingBytes)).toBeLessThan(2_000_000);
    proxy.mend();
    const last = agent.server(id).lines.length;
    await vi.waitFor(
      () => {
        for (const ranges of covered) expect(ranges.at(-1)?.[1]).toBe(last);
      },
      { timeout: 10_000 },
    );
    agent.print(id, 'after');
    await vi.waitFor(() => {
      for (const ranges of covered) expect(ranges.at(-1)?.[1]).toBe(last + 1);
    });
    for (const ranges of covered) {
      ranges.forEach(([from], index) => {
        expect(from).toBe((ranges[index - 1]?.[1] ?? 0) + 1);
      });
    }
    expect(quickRanges).toHaveLength(last + 1);
    for (const socket of [...stalled, quick]) socket.close();
    await proxy[Symbol.asyncDispose]();
  });

  it('is shared: ten viewers cost the agent one stream', async () => {
    const { id } = await runningServer(panel.admin, agent);
    let watches = 0;
    agent.answer('console:watch', ({ serverId, watch }) => {
      watches += 1;
      agent.server(serverId).isWatched = watch;
      return { firstSeq: 0, lastSeq: 0 };
    });
    const sockets = await Promise.all(
      Array.from({ length: 10 }, () => TestSocket.connected(panel.url, panel.admin.token)),
    );
    const logs = sockets.map((socket) => socket.collect('server_log'));
    await Promise.all(sockets.map((socket) => socket.call('console:subscribe', { serverId: id })));
    agent.print(id, 'hello');
    await vi.waitFor(() => expect(logs.map(numbersOf)).toEqual(Array(10).fill([1])));
    expect(watches).toBe(1);
    for (const socket of sockets) socket.close();
    await vi.waitFor(() => expect(watches).toBe(2));
    agent.answer('console:watch', undefined);
  });
});
