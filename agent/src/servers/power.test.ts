import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { newId } from '../testing/ids.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';

const forever = ['say ready', 'wait 60000'];

describe('an installed server', () => {
  it('starts, is running when its line was seen, and stops by its command', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say starting up', 'say ready']));
    await test.done(test.order(id, 'start'));
    expect(test.supervisor.get(id).running).not.toBeNull();
    await test.done(test.order(id, 'stop'));
    expect(test.history(id)).toEqual(['installing', 'stopped', 'starting', 'running', 'stopping', 'stopped']);
    expect(test.supervisor.get(id).snapshot()).toMatchObject({ reason: null, exitCode: 0, signal: null });
    expect(await test.lines(id)).toEqual(['stdout: starting up', 'stdout: ready', 'stdin: stop']);
  });

  it('is not running before its line was seen', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say almost', 'be-deaf']));
    await test.order(id, 'start');
    await vi.waitFor(async () => expect(await test.lines(id)).toContain('stdout: almost'));
    expect(test.state(id)).toBe('starting');
    await test.done(test.order(id, 'kill'));
  });

  it('is running when its port answers', async () => {
    const game = createServer().listen(0, '127.0.0.1');
    await once(game, 'listening');
    const { port } = game.address() as { port: number };
    game.close();
    const test = await TestSupervisor.open();
    const id = await test.install(
      fakeSpec(forever, {
        ports: [{ name: 'game', ip: '127.0.0.1', port, protocol: 'tcp' }],
        done: { kind: 'port', port: 'game' },
      }),
    );
    const start = test.order(id, 'start');
    await vi.waitFor(async () => expect(await test.lines(id)).toContain('stdout: ready'));
    expect(test.state(id)).toBe('starting');
    const late = createServer().listen(port, '127.0.0.1');
    try {
      await test.done(start);
      expect(test.state(id)).toBe('running');
    } finally {
      late.close();
    }
    await test.done(test.order(id, 'kill'));
  });

  it('is killed and counts as crashed when it does not become ready in time', async () => {
    const test = await TestSupervisor.open();
    const done = { kind: 'line', contains: 'ready', timeoutSeconds: 1 } as const;
    const id = await test.install(fakeSpec(['say hello', 'wait 60000'], { done }));
    await test.done(test.order(id, 'start'), 'timeout');
    expect(test.supervisor.get(id).snapshot()).toMatchObject({ state: 'crashed', reason: 'start_timeout' });
  });

  it('ends what was started when the deadline of the order is earlier', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['wait 60000']));
    await test.done(test.order(id, 'start', { deadlineMs: 300 }), 'timeout');
    expect(test.supervisor.get(id).snapshot()).toMatchObject({ state: 'crashed', reason: 'start_timeout' });
    expect(test.supervisor.get(id).running).toBeNull();
  });

  it('is stopped by a signal where its template says so', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(['say ready'], { stop: { kind: 'signal', signal: 'SIGINT' } }));
    await test.done(test.order(id, 'stop'));
    expect(test.supervisor.get(id).snapshot()).toMatchObject({
      state: 'stopped',
      signal: 'SIGINT',
      reason: null,
    });
  });

  it('is sent a signal as well when the command does not end it', async () => {
    const test = await TestSupervisor.open();
    const stop = {
      kind: 'command',
      command: 'nonsense',
      followUp: { signal: 'SIGTERM', afterSeconds: 1 },
      timeoutSeconds: 30,
    } as const;
    const id = await test.run(fakeSpec(['say ready'], { stop }));
    await test.done(test.order(id, 'stop'));
    expect(test.supervisor.get(id).snapshot()).toMatchObject({ state: 'stopped', signal: 'SIGTERM' });
    expect(await test.lines(id)).toContain('system: It did not stop within 1 s and is sent SIGTERM.');
  });

  it('is running when an expression is found in a line', async () => {
    const test = await TestSupervisor.open();
    const done = { kind: 'lines' as const, anyOf: [], matching: ['^Done \\(\\d+s\\)'] };
    const id = await test.install(
      fakeSpec(['say not Done (3s)', 'say Done (3s)! For help', 'be-deaf'], { done }),
    );
    await test.done(test.order(id, 'start'));
    expect(test.state(id)).toBe('running');
    await test.done(test.order(id, 'kill'));
  });

  it('is killed when it does not stop in time', async () => {
    const test = await TestSupervisor.open();
    const stop = { kind: 'command', command: 'nonsense', timeoutSeconds: 1 } as const;
    const id = await test.run(fakeSpec(['say ready'], { stop }));
    await test.done(test.order(id, 'stop'));
    expect(test.state(id)).toBe('stopped');
    expect(await test.lines(id)).toContain('system: It did not stop within 1 s and was killed.');
  });

  it('is restarted as another process', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(['say ready']));
    const before = test.supervisor.get(id).running?.startId;
    await test.done(test.order(id, 'restart'));
    expect(test.supervisor.get(id).running?.startId).not.toBe(before);
    expect(test.history(id).slice(-4)).toEqual(['running', 'stopping', 'starting', 'running']);
  });

  it('leaves no run folder behind', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(['say ready']));
    const { startId } = test.supervisor.get(id).running ?? {};
    expect(existsSync(`${test.folder.run}/${id}/${startId}`)).toBe(true);
    await test.done(test.order(id, 'stop'));
    expect(existsSync(`${test.folder.run}/${id}/${startId}`)).toBe(false);
  });

  it('takes commands, and the same one only once', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(['say ready']));
    const server = test.supervisor.get(id);
    const operationId = newId();
    const [seq, again] = await Promise.all([
      server.input(operationId, 'say hello'),
      server.input(operationId, 'say hello'),
    ]);
    expect(again).toBe(seq);
    await vi.waitFor(async () => expect(await test.lines(id)).toContain('stdout: hello'));
    await server.input(newId(), 'say end');
    await vi.waitFor(async () => expect(await test.lines(id)).toContain('stdout: end'));
    expect((await test.lines(id)).filter((line) => line.endsWith(': hello'))).toHaveLength(1);
  });

  it('refuses commands when it is down', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(forever));
    await expect(test.supervisor.get(id).input(newId(), 'hello')).rejects.toMatchObject({
      code: 'not_running',
    });
  });
});

describe('a taken port', () => {
  const blocker = createServer();
  afterEach(() => blocker.close());

  it('is named with its holder, and the server is not started', async () => {
    blocker.listen(0, '0.0.0.0');
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    const test = await TestSupervisor.open();
    const ports = [{ name: 'game', ip: '0.0.0.0', port, protocol: 'both' }] as const;
    const id = await test.install(fakeSpec(['say ready'], { ports: [...ports] }));
    const { error } = await test.done(test.order(id, 'start'), 'port_taken');
    expect(error?.message).toContain(`Port ${port} (tcp) is already taken`);
    expect(error?.message).toContain(`process ${process.pid}`);
    expect(test.supervisor.get(id).snapshot()).toMatchObject({ state: 'crashed', reason: 'port_taken' });
  });
});
